"""Message catalogues in Brazilian Portuguese and American English."""

from core.i18n.catalogue import LOCALES, keys, locale_of, template, text

__all__ = ["LOCALES", "keys", "locale_of", "template", "text"]
