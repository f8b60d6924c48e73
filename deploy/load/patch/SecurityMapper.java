package com.thoughtworks.xstream.mapper;

import com.thoughtworks.xstream.security.TypePermission;

/**
 * Allows every class. JMeter 2.13 is older than XStream's allow-list and cannot read any plan with it; in place of the
 * library's own class this one lets it. So only plans of our own may be read with it.
 */
public class SecurityMapper extends MapperWrapper {
    public SecurityMapper(Mapper wrapped) {
        super(wrapped);
    }

    public SecurityMapper(Mapper wrapped, TypePermission[] permissions) {
        super(wrapped);
    }

    public void addPermission(TypePermission permission) {}
}
