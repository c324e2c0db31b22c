//! Events against the schemas that their site declared.

use std::borrow::Cow;

use millrace_catalog::SiteSchemas;
use millrace_event::payload::{Payload, Rejection, cut};
use millrace_event::schema::{EventSchema, Mode, Violation};

/// Whether an event is what its site says it should be. Adds to `warnings` where it is not, and is taken all the same.
pub(crate) fn check(
    schemas: &SiteSchemas,
    payload: &Payload<'_>,
    warnings: &mut u64,
) -> Result<(), Rejection> {
    if schemas.all().is_empty() {
        return Ok(());
    }
    let Some(declared) = schemas.get(&payload.name) else { return Ok(()) };
    match declared.mode {
        // Reports compare what is stored: there is nothing to do here.
        Mode::Observe => Ok(()),
        Mode::Warn => {
            *warnings += u64::from(declared.schema.first_violation(&payload.properties).is_some());
            Ok(())
        }
        Mode::Reject => match declared.schema.first_violation(&payload.properties) {
            Some(violation) => Err(rejection(&declared.schema, &violation)),
            None => Ok(()),
        },
    }
}

fn rejection(schema: &EventSchema, violation: &Violation<'_>) -> Rejection {
    let message = schema.wanted(&violation.property, violation.problem);
    Rejection {
        code: "schema_violation",
        field: Some(Cow::Owned(format!("properties.{}", violation.property))),
        // Of a declared pattern or a list of values the beginning will do.
        message: Cow::Owned(cut(&message, MESSAGE_CHARS).0.to_owned()),
    }
}

const MESSAGE_CHARS: usize = 400;
