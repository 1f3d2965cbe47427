-- Finds an invitation by the digest of its token, because whoever follows the link belongs to no company yet.
-- Tells nothing but where it lies; one that was accepted or withdrawn is not found.
CREATE FUNCTION rappen_find_invitation(token text) RETURNS TABLE (company bigint, invitation bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT company_id, id FROM public.erp_invitation
    WHERE digest = token AND accepted_at IS NULL AND withdrawn_at IS NULL
$$;
REVOKE ALL ON FUNCTION rappen_find_invitation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_find_invitation(text) TO rappen_app;

-- Row-level security is forced upon the owner, too; this function may look over the fence of this one table.
CREATE POLICY erp_invitation_lookup ON erp_invitation FOR SELECT TO CURRENT_USER USING (true);
