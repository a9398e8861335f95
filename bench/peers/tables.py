"""The two tables of the bare peers, and the two inserts as pgbench sends them."""

TABLES = """
CREATE TABLE IF NOT EXISTS bench_case (
    id bigserial PRIMARY KEY, number text NOT NULL, form jsonb NOT NULL, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS bench_entry (
    id bigserial PRIMARY KEY, case_id bigint NOT NULL, step text NOT NULL, digest bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now());
"""
CASE = "INSERT INTO bench_case (number, form) VALUES (%s, %s) RETURNING id"
ENTRY = "INSERT INTO bench_entry (case_id, step, digest) VALUES (%s, 'submit', sha256(%s::bytea))"
PGBENCH = """\\set n random(1, 1000000000)
BEGIN;
INSERT INTO bench_case (number, form) VALUES ('LA' || :n, '{"certificate": "0001234", "price": "850000.00"}');
INSERT INTO bench_entry (case_id, step, digest) VALUES (:n, 'submit', sha256('0001234850000.00'::bytea));
COMMIT;
"""
