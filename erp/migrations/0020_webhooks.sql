-- Names the webhooks that have something to be told, of all companies. Tells nothing but numbers.
CREATE FUNCTION rappen_webhooks_due(moment timestamptz, most integer) RETURNS TABLE (webhook bigint, company bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT w.id, w.company_id FROM public.erp_webhook w
    WHERE w.is_on AND w.due_at <= moment AND (w.lease_until IS NULL OR w.lease_until <= moment)
      AND (
        w.confirmed_at IS NULL
        OR EXISTS (
            SELECT FROM public.erp_delivery d
            WHERE d.company_id = w.company_id AND d.webhook_id = w.id AND d.state = 'waiting'
        )
        OR EXISTS (
            SELECT FROM public.erp_change k
            WHERE k.company_id = w.company_id AND k.resource = ANY (w.resources) AND k.place > w.place
              AND k.place < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        )
      )
    ORDER BY w.due_at LIMIT most
$$;
REVOKE ALL ON FUNCTION rappen_webhooks_due(timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_webhooks_due(timestamptz, integer) TO rappen_app;

-- Row-level security is forced upon the owner, too; the function may look over the fence of these tables.
CREATE POLICY erp_webhook_lookup ON erp_webhook FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY erp_delivery_lookup ON erp_delivery FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY erp_change_lookup ON erp_change FOR SELECT TO CURRENT_USER USING (true);
