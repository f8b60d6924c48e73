"""The API of people (and of the page), and the control API."""
