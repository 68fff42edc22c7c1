//! The router as data: each route names its method, path, handler and what it needs.
//!
//! The gate, the OpenAPI document and the access tests are made from the same list.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};
use http::Method;
use throughline_model::limits;
use utoipa::openapi::{HttpMethod, RefOr, Schema, path::Operation};

use super::cors;
use crate::{
    access::gate::{Needs, gate},
    app::App,
};

/// One call that the server answers.
pub struct Route {
    pub method: Method,
    /// With parameters in braces; `{ws}` is the workspace.
    pub path: String,
    pub needs: Needs,
    /// What the OpenAPI document says of it.
    pub operation: Operation,
    /// Collects the types that the operation names, those many times that others name as well: a list that takes
    /// hundreds of megabytes over all routes, so it is made for the document only.
    pub schemas: fn(&mut Vec<(String, RefOr<Schema>)>),
    /// False for further addresses of a call that the OpenAPI document has already.
    pub is_listed: bool,
    handler: MethodRouter<App>,
    body_bytes_max: usize,
    is_credentialed: bool,
}

impl Route {
    /// A route from a handler and the description that `#[utoipa::path]` has made beside it.
    pub fn new<P, H, T>(needs: Needs, _description: P, handler: H) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences,
        H: Handler<T, App>,
        T: 'static,
    {
        let (method, filter) = method_of(P::methods().first().expect("every path has a method"));
        Self {
            method,
            path: P::path(),
            needs,
            operation: P::operation(),
            schemas: P::schemas,
            is_listed: true,
            handler: on(filter, handler),
            body_bytes_max: limits::API_BODY_BYTES_MAX,
            is_credentialed: false,
        }
    }

    /// The same call at another address.
    pub fn at(mut self, path: impl Into<String>, operation_id: impl Into<String>) -> Self {
        self.path = path.into();
        self.operation.operation_id = Some(operation_id.into());
        self
    }

    /// The same call with another method too.
    pub fn also<H, T>(mut self, filter: MethodFilter, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.handler = self.handler.on(filter, handler);
        self
    }

    /// An address that libraries know and the OpenAPI document does not need.
    pub fn unlisted(mut self) -> Self {
        self.is_listed = false;
        self
    }

    /// Lets pages send cookies along, which are not looked at, as some libraries insist on.
    pub fn with_credentials(mut self) -> Self {
        self.is_credentialed = true;
        self
    }

    /// Takes bodies up to this size instead of the usual one.
    pub fn with_body_max(mut self, bytes: usize) -> Self {
        self.body_bytes_max = bytes;
        self
    }
}

/// Puts the gate before every handler, and opens to all sites what takes a write key instead.
pub fn router(app: &App, routes: Vec<Route>) -> Router<App> {
    routes.into_iter().fold(Router::new(), |router, route| {
        let handler = match route.needs {
            Needs::WriteKey if route.is_credentialed => cors::open_to_named(route.handler),
            Needs::WriteKey => cors::open(route.handler),
            needs => route
                .handler
                .route_layer(DefaultBodyLimit::max(route.body_bytes_max))
                .route_layer(middleware::from_fn_with_state((app.clone(), needs), gate)),
        };
        router.route(&route.path, handler)
    })
}

fn method_of(method: &HttpMethod) -> (Method, MethodFilter) {
    match method {
        HttpMethod::Get => (Method::GET, MethodFilter::GET),
        HttpMethod::Post => (Method::POST, MethodFilter::POST),
        HttpMethod::Put => (Method::PUT, MethodFilter::PUT),
        HttpMethod::Patch => (Method::PATCH, MethodFilter::PATCH),
        HttpMethod::Delete => (Method::DELETE, MethodFilter::DELETE),
        HttpMethod::Head => (Method::HEAD, MethodFilter::HEAD),
        HttpMethod::Options => (Method::OPTIONS, MethodFilter::OPTIONS),
        HttpMethod::Trace => (Method::TRACE, MethodFilter::TRACE),
    }
}
