-- Finds a token by its digest, because a program has no company open before it is known. Who asks knows the token.
CREATE FUNCTION rappen_find_token(wanted text) RETURNS TABLE (
    token bigint, company bigint, owner bigint, kept text, rights text[], expires timestamptz, revoked timestamptz,
    used timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, company_id, user_id, digest, scopes, expires_at, revoked_at, last_used_at FROM public.erp_apptoken
    WHERE digest = wanted LIMIT 1
$$;
REVOKE ALL ON FUNCTION rappen_find_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_find_token(text) TO rappen_app;

-- Row-level security is forced upon the owner, too; the function may look over the fence of this one table.
CREATE POLICY erp_apptoken_lookup ON erp_apptoken FOR SELECT TO CURRENT_USER USING (true);

-- What is over stays over: a revoked token and an ended consent never come back.
CREATE FUNCTION erp_stays_ended() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'access.ended: % of % stays ended', OLD.id, TG_TABLE_NAME
        USING ERRCODE = 'P0001', HINT = 'access.ended';
END $$;

CREATE TRIGGER token_stays_revoked BEFORE UPDATE ON erp_apptoken FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revoked_by_id)
          IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_by_id)) EXECUTE FUNCTION erp_stays_ended();
CREATE TRIGGER consent_stays_ended BEFORE UPDATE ON erp_supportconsent FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION erp_stays_ended();
