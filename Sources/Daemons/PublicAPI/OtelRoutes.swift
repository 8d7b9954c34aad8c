package import Access
internal import HTTPMessages
internal import HTTPServing
package import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

/// The public API of traces: what exporters send, what is read, and the filters by which traces are evaluated.
package struct OtelRoutes: Sendable {
    let product: TraceProduct

    package init(product: TraceProduct) { self.product = product }

    fileprivate func add(to routes: inout ProtectedRoutes) {
        addIngest(to: &routes)
        addTraces(to: &routes)
        addFilters(to: &routes)
    }

    private func addTraces(to routes: inout ProtectedRoutes) {
        routes.on(.get, "/v1/otel/traces/", needs: .traceRead, in: .any, leaving: .content) { context, principal in
            let conditions: [TraceCondition]
            do throws(ConditionProblem) {
                conditions = try TraceFilterText.conditions(of: context.query["filters"] ?? "")
            } catch {
                throw APIProblem.invalid("filters", error.description)
            }
            let found = try await product.traces.list(conditions, try context.pageRequest(), for: principal)
            return context.page(found.items, before: found.previous, behind: found.next, as: OtelTraceRecord.init)
        }
        let spans = "/v1/otel/traces/{trace_id}/spans/"
        routes.on(.get, spans, needs: .traceRead, in: .any, leaving: .content) {
            context, principal in
            let spans = try await product.traces.spans(of: context.parameter("trace_id"), for: principal)
            return .json(spans.map(OtelSpanBody.init))
        }
    }

    private func addFilters(to routes: inout ProtectedRoutes) {
        let list = "/v1/otel/evaluation-filters/"
        // They decide about traces of every project, so that changing them takes the role in the organisation. Who has one in a
        // project sees those by which something that lies there evaluates.
        routes.on(.get, list, needs: .traceRead, in: .any) { context, principal in
            .json(try await product.filters.all(for: principal).map(OtelFilterBody.init))
        }
        routes.on(.post, list, needs: .traceFilterUpdate) { context, principal in
            let content = try await context.decode(OtelFilterRequest.self).content()
            let made = try await product.filters.create(content, for: principal)
            return .json(try OtelFilterBody(made), status: 201)
        }
        routes.on(.post, list + "validate/", needs: .traceFilterUpdate, leaving: .nothing) { context, principal in
            let content = try await context.decode(OtelFilterRequest.self).content()
            return .json(OtelFilterWarnings(try await product.filters.warnings(about: content, for: principal)))
        }
        let one = list + "{id}/"
        routes.on(.get, one, needs: .traceRead, in: .any) { context, principal in
            .json(try OtelFilterBody(try await product.filters.find(context.parameter("id"), for: principal)))
        }
        for method in [HTTPMethod.put, .patch] {
            routes.on(method, one, needs: .traceFilterUpdate) { context, principal in
                let body = try await context.decode(OtelFilterRequest.self)
                let changed = try await product.filters.update(context.parameter("id"), for: principal) {
                    try method == .put ? body.content() : body.content(over: $0)
                }
                return .json(try OtelFilterBody(changed))
            }
        }
        routes.on(.delete, one, needs: .traceFilterUpdate) { context, principal in
            try await product.filters.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }
}

extension PublicRoutes {
    /// Every route of the public API, those of traces included; also reachable without the version and under `/beta`, as
    /// older clients call them. Calls go through `rules`, the first one first, when their caller is known and may make them;
    /// tools ask `takesNew` before they store much.
    package func routes(
        authenticator: Authenticator, trail: AccessTrail, release: String, with traces: OtelRoutes,
        through rules: [PrincipalMiddleware] = [], whileItTakesNew takesNew: @escaping @Sendable () -> Bool = { true }
    ) -> ProtectedRoutes {
        var routes = ProtectedRoutes(
            authenticator: authenticator, trail: trail, aliases: PathAliases(of: "v1", alternatives: ["beta"]),
            through: rules, whileItTakesNew: takesNew)
        add(to: &routes, release: release)
        traces.add(to: &routes)
        return routes
    }
}

extension TraceSummary {
    /// Its place in a list of traces.
    fileprivate var keyset: Keyset { Keyset(createdAt: createdAt, id: id.uuid) }
}
