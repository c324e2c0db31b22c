//! What differs between engines.

use millrace_event::SiteId;
use millrace_query::{Dimension, Pattern};

use super::{Value, Values};

/// An engine's ways.
pub trait Dialect {
    /// An expression that orders the text `expression` by its bytes.
    fn order_text(&self, expression: &str) -> String;

    /// An expression that orders the number of a session or visitor as one without a sign.
    fn order_number(&self, expression: &str) -> String;

    /// What follows FROM to read the events of a site.
    fn events(&self, site: &SiteId, values: &mut Values) -> String;

    /// The visitor of an event: the person, where one is known.
    fn visitor(&self) -> &'static str;

    /// The text of the property that is bound as `key`.
    fn property(&self, key: &str) -> String;

    /// The property that is bound as `key` as a decimal with six digits after the point; nothing where it is no number
    /// of less than 10^18 either way.
    fn number(&self, key: &str) -> String;

    /// A decimal as text.
    fn decimal_text(&self, expression: &str) -> String;

    /// An aggregate: the least of the decimals that `percent` of them are at or below.
    fn quantile(&self, percent: u8, expression: &str) -> String;

    /// An aggregate: `expression` of the session's opening event: the first page view, or else the first event.
    fn opening(&self, expression: &str) -> String;

    /// An aggregate: the path of the last page view.
    fn last_page(&self) -> String;

    /// Milliseconds from one instant to a later one.
    fn millis_between(&self, from: &str, to: &str) -> String;

    /// Whether `text` is one of `list`.
    fn is_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String;

    /// Whether `text` contains one of `list`.
    fn contains_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String;

    /// Whether one of `patterns` is found in `text`, which is the text of `dimension`.
    fn matches(&self, dimension: &Dimension, patterns: &[Pattern], text: &str, values: &mut Values)
    -> String;
}

/// Apache DataFusion, with the functions of the lake.
#[derive(Clone, Copy, Debug)]
pub struct DataFusion;

impl Dialect for DataFusion {
    fn order_text(&self, expression: &str) -> String {
        expression.to_owned()
    }

    fn order_number(&self, expression: &str) -> String {
        expression.to_owned()
    }

    fn events(&self, _: &SiteId, _: &mut Values) -> String {
        "events".to_owned()
    }

    fn visitor(&self) -> &'static str {
        "visitor"
    }

    fn property(&self, key: &str) -> String {
        format!("property(properties, {key})")
    }

    fn number(&self, key: &str) -> String {
        format!("property_number(properties, {key})")
    }

    fn decimal_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS VARCHAR)")
    }

    fn quantile(&self, percent: u8, expression: &str) -> String {
        format!("quantile({expression}, {percent})")
    }

    fn opening(&self, expression: &str) -> String {
        format!("first_by({expression}, name <> 'pageview', timestamp, seq)")
    }

    fn last_page(&self) -> String {
        "last_by(path, timestamp, seq) FILTER (WHERE name = 'pageview')".to_owned()
    }

    fn millis_between(&self, from: &str, to: &str) -> String {
        format!("CAST({to} AS BIGINT) - CAST({from} AS BIGINT)")
    }

    fn is_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String {
        let places: Vec<_> = list.iter().map(|value| values.text(value)).collect();
        format!("{text} IN ({})", places.join(", "))
    }

    fn contains_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String {
        format!("contains_one_of({text}, {})", values.bind(Value::Texts(list.to_vec())))
    }

    fn matches(&self, _: &Dimension, patterns: &[Pattern], text: &str, values: &mut Values) -> String {
        let any = patterns
            .iter()
            .map(|pattern| format!("matches_pattern({text}, {})", values.text(pattern.as_str())));
        super::joined(&any.collect::<Vec<_>>(), " OR ")
    }
}

/// PostgreSQL 14 and later.
///
/// Its regular expressions are not ours, and not linear in time. So whoever asks it finds the values that patterns match
/// before, and the statement has these.
#[derive(Clone, Debug, Default)]
pub struct PostgreSql {
    /// The site has visitors who are known persons, by the table `visitor_links`.
    pub linked: bool,
    /// The values that patterns match.
    pub resolved: Vec<Resolved>,
}

/// The values of a dimension in which one of some patterns is found.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    /// The dimension.
    pub dimension: Dimension,
    /// The patterns.
    pub patterns: Vec<Pattern>,
    /// The values; at least those of the events in question.
    pub values: Vec<String>,
}

impl Dialect for PostgreSql {
    fn order_text(&self, expression: &str) -> String {
        format!("{expression} COLLATE \"C\"")
    }

    fn order_number(&self, expression: &str) -> String {
        format!("{expression} # (-9223372036854775808)")
    }

    fn events(&self, site: &SiteId, values: &mut Values) -> String {
        match self.linked {
            false => "events".to_owned(),
            true => format!(
                "events LEFT JOIN (SELECT visitor AS linked, person FROM visitor_links WHERE site = {}) AS links \
                 ON linked = visitor",
                values.bind(site)
            ),
        }
    }

    fn visitor(&self) -> &'static str {
        if self.linked { "COALESCE(person, visitor)" } else { "visitor" }
    }

    fn property(&self, key: &str) -> String {
        format!("(properties ->> CAST({key} AS text))")
    }

    /// The pattern is that of `millrace_query::decimal`; a text that has another form must not meet the cast.
    fn number(&self, key: &str) -> String {
        let text = self.property(key);
        let form = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$";
        format!(
            "(CASE WHEN octet_length({text}) <= 400 AND {text} ~ '{form}' \
             THEN CASE WHEN abs(CAST({text} AS numeric)) < 1e18 THEN round(CAST({text} AS numeric), 6) END END)"
        )
    }

    fn decimal_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS text)")
    }

    fn quantile(&self, percent: u8, expression: &str) -> String {
        // An exact fraction of a double: the server multiplies it with the number of values and rounds up.
        let fraction = f64::from(percent) / 100.0;
        format!("percentile_disc({fraction}) WITHIN GROUP (ORDER BY {expression})")
    }

    fn opening(&self, expression: &str) -> String {
        format!("(ARRAY_AGG({expression} ORDER BY name <> 'pageview', timestamp, seq))[1]")
    }

    fn last_page(&self) -> String {
        "(ARRAY_AGG(path ORDER BY timestamp DESC, seq DESC) FILTER (WHERE name = 'pageview'))[1]".to_owned()
    }

    fn millis_between(&self, from: &str, to: &str) -> String {
        format!("CAST(EXTRACT(EPOCH FROM {to} - {from}) * 1000 AS BIGINT)")
    }

    /// One parameter, however many values: a statement has 65,535 at most.
    fn is_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String {
        format!("{text} = ANY({})", values.bind(Value::Texts(list.to_vec())))
    }

    fn contains_one_of(&self, text: &str, list: &[String], values: &mut Values) -> String {
        let list = values.bind(Value::Texts(list.to_vec()));
        format!("EXISTS (SELECT FROM unnest(CAST({list} AS text[])) AS part WHERE strpos({text}, part) > 0)")
    }

    fn matches(
        &self,
        dimension: &Dimension,
        patterns: &[Pattern],
        text: &str,
        values: &mut Values,
    ) -> String {
        let known = |resolved: &&Resolved| &resolved.dimension == dimension && resolved.patterns == patterns;
        let found =
            self.resolved.iter().find(known).map(|resolved| resolved.values.clone()).unwrap_or_default();
        format!("{text} = ANY({})", values.bind(Value::Texts(found)))
    }
}
