"""The database: pools for writing and reading, migrations, and the vault that encrypts what people write."""
