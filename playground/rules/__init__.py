"""Discord's documented rules that its OpenAPI file does not know."""
