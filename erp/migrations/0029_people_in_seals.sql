-- Seals name people who came along with a company by the numbers they had where its books were begun, and all others
-- above the highest of these: no number means two people.
CREATE OR REPLACE FUNCTION erp_audit_link(event erp_auditevent) RETURNS void LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    content bytea;
    place bigint;
    link bytea;
BEGIN
    content := sha256(convert_to((
        SELECT jsonb_build_array(
            'rappen-audit-1', coalesce(c.sealed_as, c.id), event.id,
            to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'),
            CASE WHEN u.came_with_id = c.id THEN u.sealed_as ELSE c.people_above + event.by_id END, event.action,
            event.subject, event.subject_id, event.address, event.agent, event.via, event.request_id, event.details
        )::text
        FROM erp_company c LEFT JOIN erp_user u ON u.id = event.by_id WHERE c.id = event.company_id
    ), 'UTF8'));
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
