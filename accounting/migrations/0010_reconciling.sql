-- What earlier bookings of a bank transaction are found by (Gewohnheit): the words of its party, or without one
-- those of its text, without figures. Spelt out for capitals with accents, which not every locale knows.
CREATE FUNCTION accounting_habit(party varchar, told varchar) RETURNS varchar
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT left(btrim(regexp_replace(
        lower(translate(CASE WHEN party <> '' THEN party ELSE told END, 'ÄÖÜÀÂÇÉÈÊËÎÏÔÛ', 'äöüàâçéèêëîïôû')),
        '[0-9[:punct:][:space:]]+', ' ', 'g')), 140)::varchar
$$;
