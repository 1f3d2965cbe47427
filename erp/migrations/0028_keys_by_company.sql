-- A mail is known by its company and its number.
CREATE OR REPLACE FUNCTION rappen_mails_due(
    moment timestamptz, new_before timestamptz, sent_before timestamptz, most integer
) RETURNS TABLE (mail bigint, company bigint)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE public.erp_outgoingmail m SET enqueued_at = moment
    FROM (
        SELECT company_id, id FROM public.erp_outgoingmail
        WHERE state IN ('queued', 'sending') AND (
            state = 'queued' AND next_try_at <= moment
            AND (enqueued_at IS NULL AND queued_at <= new_before OR enqueued_at < next_try_at
                 OR enqueued_at <= sent_before)
            OR state = 'sending' AND lease_until <= moment
               AND (enqueued_at IS NULL OR enqueued_at <= lease_until OR enqueued_at <= sent_before)
        )
        ORDER BY next_try_at, id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ) due
    WHERE m.company_id = due.company_id AND m.id = due.id RETURNING m.id, m.company_id
$$;

-- Seals name a company and people by the numbers that they had where the books were begun: a company may come from
-- another installation, and its chain goes on.
CREATE OR REPLACE FUNCTION erp_audit_link(event erp_auditevent) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    content bytea;
    place bigint;
    link bytea;
BEGIN
    content := sha256(convert_to(jsonb_build_array(
        'rappen-audit-1',
        coalesce((SELECT c.sealed_as FROM erp_company c WHERE c.id = event.company_id), event.company_id),
        event.id,
        to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
        coalesce((SELECT u.sealed_as FROM erp_user u WHERE u.id = event.by_id), event.by_id), event.action,
        event.subject, event.subject_id, event.address, event.agent, event.via, event.request_id, event.details
    )::text, 'UTF8'));
    LOOP
        UPDATE erp_audithead h SET position = h.position + 1,
                digest = sha256(h.digest || int8send(h.position + 1) || content)
            WHERE h.company_id = event.company_id RETURNING h.position, h.digest INTO place, link;
        EXIT WHEN FOUND;
        INSERT INTO erp_audithead (company_id, position, digest) VALUES (event.company_id, 0, ''::bytea)
            ON CONFLICT (company_id) DO NOTHING;
    END LOOP;
    UPDATE erp_auditevent e SET position = place, content_digest = content, digest = link
        WHERE e.company_id = event.company_id AND e.id = event.id;
END $$;

-- One sees one's memberships everywhere, and changes or takes away those of the open companies alone: another one may
-- have the same id.
CREATE POLICY erp_membership_changes_here ON erp_membership AS RESTRICTIVE FOR UPDATE
    USING (company_id = ANY ((SELECT nullif(current_setting('rappen.companies', true), '')::bigint[])::bigint[]));
CREATE POLICY erp_membership_leaves_here ON erp_membership AS RESTRICTIVE FOR DELETE
    USING (company_id = ANY ((SELECT nullif(current_setting('rappen.companies', true), '')::bigint[])::bigint[]));
