-- Whose signature the metadata of an identity provider have to bear, PEM; NULL where nobody's is asked for.
ALTER TABLE identity_providers ADD COLUMN metadata_certificate text;
