//! The routes, all in one list.

mod admin;
mod batch;
mod bulk;
mod definitions;
mod documents;
mod health;
mod query;
mod sql;

use crate::failure::{Failure, no_route};
use crate::{AppState, guard, watch};
use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{any, get, post};
use quire_model::{Code, Error};

/// Every route of the server, with the checks around them.
pub fn router(app: AppState) -> Router {
    let database = "/v1/databases/{database}";
    let collection = "/v1/databases/{database}/collections/{collection}";
    let of_database = |rest: &str| format!("{database}{rest}");
    let of_collection = |rest: &str| format!("{collection}{rest}");
    Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/v1/stats", get(admin::stats))
        .route("/v1/admin/checkpoint", post(admin::checkpoint))
        .route("/v1/databases", get(definitions::databases))
        .route(
            database,
            get(definitions::database).put(definitions::create_database).delete(definitions::drop_database),
        )
        .route(&of_database("/batch"), post(batch::batch))
        .route(&of_database("/sql"), post(sql::sql))
        .route(&of_database("/collections"), get(definitions::collections))
        .route(
            collection,
            get(definitions::collection)
                .put(definitions::create_collection)
                .delete(definitions::drop_collection),
        )
        .route(&of_collection("/documents"), get(query::list).post(documents::insert))
        .route(
            &of_collection("/documents/{id}"),
            get(documents::read).put(documents::replace).patch(documents::patch).delete(documents::delete),
        )
        .route(&of_collection("/documents/"), any(documents::no_id))
        .route(&of_collection("/find"), post(query::find))
        .route(&of_collection("/count"), post(query::count))
        .route(&of_collection("/bulk"), post(bulk::bulk))
        .fallback(nothing_here)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(app.clone(), guard::check))
        .layer(from_fn(watch::frame))
        .with_state(app)
}

async fn nothing_here(uri: Uri) -> Failure {
    no_route(uri.path()).into()
}

/// The router adds `Allow`.
async fn other_method(method: Method) -> Failure {
    let method: String = method.as_str().chars().take(20).collect();
    Error::new(Code::MethodNotAllowed, format!("{method} does not work here; see the header Allow")).into()
}
