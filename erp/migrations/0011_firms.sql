-- Finds an invitation to a firm's staff by the digest of its token, as the one of a company is found.
CREATE FUNCTION rappen_find_firm_invitation(token text) RETURNS TABLE (firm bigint, invitation bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT firm_id, id FROM public.erp_firminvitation
    WHERE digest = token AND accepted_at IS NULL AND withdrawn_at IS NULL
$$;
REVOKE ALL ON FUNCTION rappen_find_firm_invitation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_find_firm_invitation(text) TO rappen_app;

-- Row-level security is forced upon the owner, too; this function may look over the fence of this one table.
CREATE POLICY erp_firminvitation_lookup ON erp_firminvitation FOR SELECT TO CURRENT_USER USING (true);
