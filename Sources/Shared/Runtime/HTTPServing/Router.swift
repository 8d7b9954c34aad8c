package import HTTPMessages

/// Finds the route of a request.
///
/// A trailing slash does not count and repeated slashes count as one. A literal segment wins over a parameter, and HEAD
/// is answered by GET's route. Built once at start and read by every loop.
package struct Router: Sendable {
    /// Every route in the order of registration.
    package private(set) var routes: [Route] = []
    /// The body that requests are answered with for which there is no route.
    package var unmatchedShape = ErrorShape.problem
    private var nodes = [Node()]
    /// The places of the paths without parameters, which most requests spell as they were registered.
    private var exactPlaces: [String: Int] = [:]
    private let aliases: PathAliases?

    /// A place in the tree of segments.
    private struct Node {
        var literals: [Substring: Int] = [:]
        var parameter: Int?
        /// Indices into `routes`.
        var endings: [Int] = []
    }

    /// The outcome of a search.
    enum Match {
        case found(route: Int, PathParameters)
        /// The path exists, for these methods.
        case methodNotAllowed([HTTPMethod])
        case notFound
    }

    /// No routes.
    package init(aliases: PathAliases? = nil) { self.aliases = aliases }

    /// Registers a route. `{name}` as a segment of `path` stands for one segment of any text.
    package mutating func on(
        _ method: HTTPMethod, _ path: String, _ options: RouteOptions = RouteOptions(), _ handler: @escaping Handler
    ) {
        add(Route(method: method, pattern: path, options: options, handler: handler))
    }

    /// Registers the routes of `other`, their paths below `prefix` and their handlers wrapped by `middleware`.
    package mutating func include(_ other: Router, under prefix: String = "", through middleware: [Middleware] = []) {
        for route in other.routes {
            let handler = middleware.reversed().reduce(route.handler) { $1($0) }
            add(
                Route(
                    method: route.method, pattern: prefix + route.pattern, options: route.options, handler: handler))
        }
    }

    private mutating func add(_ route: Route) {
        var place = 0
        for segment in Route.segments(of: route.pattern) { place = child(of: place, segment) }
        precondition(
            !nodes[place].endings.contains { routes[$0].method == route.method },
            "\(route.method) \(route.pattern) is registered twice")
        nodes[place].endings.append(routes.count)
        routes.append(route)
        if route.parameterNames.isEmpty { exactPlaces[route.pattern] = place }
    }

    private mutating func child(of place: Int, _ segment: Route.Segment) -> Int {
        let known =
            switch segment {
            case .literal(let text): nodes[place].literals[text[...]]
            case .parameter: nodes[place].parameter
            }
        if let known { return known }
        nodes.append(Node())
        switch segment {
        case .literal(let text): nodes[place].literals[text[...]] = nodes.count - 1
        case .parameter: nodes[place].parameter = nodes.count - 1
        }
        return nodes.count - 1
    }

    // MARK: Searching

    /// The route for `method` and the raw, still percent-encoded `path`.
    func match(_ method: HTTPMethod, _ path: String) -> Match {
        if let place = exactPlaces[path],
            let route = nodes[place].endings.first(where: { routes[$0].answers(method) })
        {
            return .found(route: route, .none)
        }
        var search = Search(method: method, segments: PercentCoding.split(path, at: "/"))
        if let route = find(&search) { return found(route, search) }
        for other in aliases?.spellings(of: search.segments) ?? [] {
            search.segments = other
            search.values.removeAll()
            if let route = find(&search) { return found(route, search) }
        }
        return search.allowed.isEmpty ? .notFound : .methodNotAllowed(search.allowed)
    }

    private struct Search {
        let method: HTTPMethod
        var segments: [Substring]
        var values: [Substring] = []
        var allowed: [HTTPMethod] = []
    }

    private func found(_ route: Int, _ search: Search) -> Match {
        .found(route: route, PathParameters(names: routes[route].parameterNames, values: search.values))
    }

    private func find(_ search: inout Search) -> Int? { find(&search, at: 0, depth: 0) }

    private func find(_ search: inout Search, at place: Int, depth: Int) -> Int? {
        guard depth < search.segments.count else { return ending(of: place, &search) }
        let segment = search.segments[depth]
        if let next = literal(segment, at: place), let route = find(&search, at: next, depth: depth + 1) {
            return route
        }
        guard let next = nodes[place].parameter else { return nil }
        search.values.append(segment)
        if let route = find(&search, at: next, depth: depth + 1) { return route }
        search.values.removeLast()
        return nil
    }

    private func literal(_ segment: Substring, at place: Int) -> Int? {
        let literals = nodes[place].literals
        if literals.isEmpty { return nil }
        if let next = literals[segment] { return next }
        let decoded = PercentCoding.decoded(segment, plusIsSpace: false)
        return decoded.flatMap { literals[$0[...]] }
    }

    private func ending(of place: Int, _ search: inout Search) -> Int? {
        let endings = nodes[place].endings
        if let exact = endings.first(where: { routes[$0].method == search.method }) { return exact }
        if search.method == .head, let get = endings.first(where: { routes[$0].method == .get }) { return get }
        for index in endings where !search.allowed.contains(routes[index].method) {
            search.allowed.append(routes[index].method)
            if routes[index].method == .get { search.allowed.append(.head) }
        }
        return nil
    }
}

/// Other spellings of a path's beginning: `/judges/` and `/beta/judges/` for `/v1/judges/`.
package struct PathAliases: Sendable {
    private let canonical: Substring
    private let alternatives: [Substring]

    /// - Parameters:
    ///   - canonical: the first segment that routes are registered with, such as `v1`.
    ///   - alternatives: first segments that mean the same. A path without any of them is tried with it, too.
    package init(of canonical: String, alternatives: [String]) {
        self.canonical = canonical[...]
        self.alternatives = alternatives.map { $0[...] }
    }

    /// What else a path that led nowhere may mean.
    func spellings(of segments: [Substring]) -> [[Substring]] {
        guard let first = segments.first, first != canonical else { return [] }
        return alternatives.contains(first) ? [[canonical] + segments.dropFirst()] : [[canonical] + segments]
    }
}
