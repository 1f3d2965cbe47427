-- Names the mails that want sending, of all companies, and notes that they are on their way. Tells nothing but numbers.
CREATE FUNCTION rappen_mails_due(
    moment timestamptz, new_before timestamptz, sent_before timestamptz, most integer
) RETURNS TABLE (mail bigint, company bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.erp_outgoingmail m SET enqueued_at = moment
    FROM (
        SELECT id FROM public.erp_outgoingmail
        WHERE state IN ('queued', 'sending') AND (
            state = 'queued' AND next_try_at <= moment
            AND (enqueued_at IS NULL AND queued_at <= new_before OR enqueued_at < next_try_at
                 OR enqueued_at <= sent_before)
            OR state = 'sending' AND lease_until <= moment
               AND (enqueued_at IS NULL OR enqueued_at <= lease_until OR enqueued_at <= sent_before)
        )
        ORDER BY next_try_at, id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ) due
    WHERE m.id = due.id RETURNING m.id, m.company_id
$$;
REVOKE ALL ON FUNCTION rappen_mails_due(timestamptz, timestamptz, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rappen_mails_due(timestamptz, timestamptz, timestamptz, integer) TO rappen_app;

-- Row-level security is forced upon the owner, too; the function may look over the fence of this one table.
CREATE POLICY erp_outgoingmail_lookup ON erp_outgoingmail FOR SELECT TO CURRENT_USER USING (true);
CREATE POLICY erp_outgoingmail_on_its_way ON erp_outgoingmail FOR UPDATE TO CURRENT_USER USING (true) WITH CHECK (true);

-- What was sent or cancelled stays so, with all that was noted of it.
CREATE TRIGGER mail_stays_over BEFORE UPDATE ON erp_outgoingmail FOR EACH ROW
    WHEN (OLD.state IN ('sent', 'cancelled')) EXECUTE FUNCTION erp_stays_ended();
