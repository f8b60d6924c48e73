"""A local Discord: gateway, REST, CDN and a person API in one process, without a token or a network."""
