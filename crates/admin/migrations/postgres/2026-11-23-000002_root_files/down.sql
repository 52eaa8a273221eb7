ALTER TABLE instance DROP COLUMN secret;
DROP TABLE domain_files;
