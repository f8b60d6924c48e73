"""PostgreSQL and Redis started as children of this process, for one machine and for tests."""
