-- Forgets keys outside of companies that are older than what is passing, or lasting, and at most so many at once; how
-- many. Definer, because each person's are behind that person alone.
CREATE FUNCTION rappen_forget_keys(passing timestamptz, lasting_ones timestamptz, most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM public.erp_personalidempotencyrecord WHERE id IN (
            SELECT id FROM public.erp_personalidempotencyrecord
            WHERE at < lasting_ones OR at < passing AND NOT lasting
            ORDER BY at LIMIT most
        ) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION rappen_forget_keys(timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_forget_keys(timestamptz, timestamptz, integer) TO rappen_app;

-- Row-level security is forced upon the owner, too; this function may look over the fence of this one table.
CREATE POLICY erp_personalidempotencyrecord_old ON erp_personalidempotencyrecord TO CURRENT_USER USING (true);
