//! The table of routes: what is there, and that nothing else is.

use crate::running::{C, start};

/// Every path, with the methods that it has.
const ROUTES: &[(&str, &str)] = &[
    ("/health/live", "GET,HEAD"),
    ("/health/ready", "GET,HEAD"),
    ("/v1/stats", "GET,HEAD"),
    ("/v1/admin/checkpoint", "POST"),
    ("/v1/databases", "GET,HEAD"),
    ("/v1/databases/main", "GET,HEAD,PUT,DELETE"),
    ("/v1/databases/main/batch", "POST"),
    ("/v1/databases/main/sql", "POST"),
    ("/v1/databases/main/collections", "GET,HEAD"),
    ("/v1/databases/main/collections/c", "GET,HEAD,PUT,DELETE"),
    ("/v1/databases/main/collections/c/documents", "GET,HEAD,POST"),
    ("/v1/databases/main/collections/c/documents/x", "GET,HEAD,PUT,PATCH,DELETE"),
    ("/v1/databases/main/collections/c/find", "POST"),
    ("/v1/databases/main/collections/c/count", "POST"),
    ("/v1/databases/main/collections/c/bulk", "POST"),
];

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

#[test]
fn a_method_that_a_route_has_not_is_405_with_allow() {
    let server = start();
    let mut connection = server.connect();
    for (path, allowed) in ROUTES {
        let allowed: Vec<&str> = allowed.split(',').collect();
        for method in METHODS {
            let answer = connection.send(method, path, &[], "");
            if allowed.contains(method) {
                assert_ne!(answer.status, 405, "{method} {path}");
                let is_problem = answer.status >= 400 && *method != "HEAD";
                assert!(!is_problem || answer.problem() != "route_not_found", "{method} {path}");
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {path}");
            if *method != "HEAD" {
                assert_eq!(answer.problem(), "method_not_allowed");
            }
            let mut named: Vec<&str> = answer.header("allow").unwrap().split(',').map(str::trim).collect();
            let mut wanted = allowed.clone();
            named.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(named, wanted, "{path}");
        }
    }
}

#[test]
fn a_path_that_is_no_route_is_404() {
    let server = start();
    let mut connection = server.connect();
    let paths = [
        "/",
        "/v1",
        "/v1/",
        "/v2/databases",
        "/v1/databases/",
        "/v1/databases/main/",
        "/V1/databases",
        "/health",
        "/v1/databases/main/collections/c/documents/x/y",
        "//v1/databases",
        "/v1/databases/main/watch",
        "/v1/databases/main/transactions",
        "/v1/databases/main/collections/c/changes",
        "/metrics",
        "/openapi.json",
        "/docs",
        "/v1/admin/compact",
        "/v1/databases/main/collections/c/indexes",
        "/v1/databases/main%2Fbatch",
        "/v1/databases/main/collections/c/distinct",
        "/v1/databases/main/collections/c/explain",
        "/favicon.ico",
        "/v1/databases/main/collections/c/schema",
        "/v1/databases/main/collections/c/update",
        "/v1/admin/backup",
    ];
    for path in paths {
        for method in METHODS {
            let answer = connection.send(method, path, &[], "");
            let expected = if path == "/v1/databases/main%2Fbatch"
                && ["GET", "PUT", "DELETE", "HEAD"].contains(method)
            {
                // An encoded slash is part of a name, and no name has one.
                400
            } else if path == "/v1/databases/main%2Fbatch" {
                405
            } else {
                404
            };
            assert_eq!(answer.status, expected, "{method} {path}");
            if expected == 404 && *method != "HEAD" {
                assert_eq!(answer.problem(), "route_not_found");
            }
        }
    }
}

#[test]
fn query_parameters_are_known_to_their_route() {
    let server = start();
    server.insert(r#"{"_id":"x"}"#);
    for (path, methods) in ROUTES.iter().filter(|(path, _)| !path.starts_with("/health")) {
        for method in methods.split(',').filter(|method| *method != "HEAD") {
            let path = format!("{path}?strange=1");
            server.send(method, &path, &[], "{}").refused("invalid_request");
        }
    }
    server.get(&format!("{C}/documents/x")).ok(200);
}
