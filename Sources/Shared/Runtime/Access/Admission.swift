internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Stores
internal import Tenancy

// Deciding about a call: the one place where the permission table is enforced. What nothing here admits is refused.
extension AccessRule {
    /// Passes when the caller may make the call. Answers the call as its handler gets it: a body that was looked into can
    /// be read again.
    /// - Throws: `AddressNotAllowed`; `PermissionDenied`; `ConfirmationRequired`; `ScopeNotNamed`; `JSONDecodingError` when
    ///   a body that names the project cannot be read.
    func admit(
        _ principal: Principal, _ context: RequestContext, _ authenticator: Authenticator
    ) async throws -> RequestContext {
        try principal.requireAddress(context.remoteAddress)
        var context = context
        if !principal.may(permission) {
            guard let place else { throw PermissionDenied(permission: permission, role: principal.role) }
            try principal.requireAnywhere(permission)
            if place != .any, place != .shared {
                context = try await admit(principal, context, authenticator, by: place)
            }
        }
        if wantsConfirmation { try principal.requireConfirmation(at: authenticator.now(), for: permission) }
        return context
    }

    /// Passes when a role in every project that the call is about allows it: where the thing lies, and where it is to lie.
    private func admit(
        _ principal: Principal, _ context: RequestContext, _ authenticator: Authenticator, by place: ProjectPlace
    ) async throws -> RequestContext {
        if let project = try await place.project(context, principal, authenticator) {
            try principal.require(permission, in: project)
        } else if place != .body, try await !isUseOfWhatIsBuiltIn(context, authenticator) {
            // What there is not, or others have, is refused like what lies elsewhere: whoever asks learns nothing.
            throw PermissionDenied(permission: permission, role: principal.role)
        }
        guard context.method != .get, context.method != .head, context.method != .delete else {
            if place == .body { try principal.require(permission, in: principal.defaultProjectID) }
            return context
        }
        let body = try await context.body()
        let named = try namedProject(in: body, of: context, principal)
        if let project = named ?? (place == .body ? principal.defaultProjectID : nil) {
            try principal.require(permission, in: project)
        }
        return context.carrying(body)
    }

    /// Whether it is about a built-in evaluator, which whoever may do so in any project may see and execute.
    private func isUseOfWhatIsBuiltIn(
        _ context: RequestContext, _ authenticator: Authenticator
    ) async throws -> Bool {
        guard case .evaluator(let name)? = place, permission == .evaluatorRead || permission == .evaluatorExecute,
            let id = EntityID<ProjectPlace>(context.pathParameters[name])
        else { return false }
        return try await authenticator.isBuiltInEvaluator(id.uuid)
    }

    /// The project that a body names. What is no JSON might name one in a way that is not seen here.
    private func namedProject(
        in body: [UInt8], of context: RequestContext, _ principal: Principal
    ) throws -> ProjectID? {
        switch BodyFormat(contentType: context.header("content-type"), body: body) {
        case .empty: return nil
        case .json: break
        case .form, .multipart, .other: throw PermissionDenied(permission: permission, role: principal.role)
        }
        // A list has no members, and so names none.
        let isList = body.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "[")
        return isList ? nil : try JSONCodec.decode(Named.self, from: body).projectID.map(ProjectID.init(uuid:))
    }

    /// Read by the decoder of every body, so that both see the same.
    private struct Named: Decodable {
        let projectID: UUID?
    }
}

extension ProjectPlace {
    /// Where the thing lies that the path names; `nil` for one that the caller's organisation has not got, and where the
    /// path names none.
    fileprivate func project(
        _ context: RequestContext, _ principal: Principal, _ authenticator: Authenticator
    ) async throws -> ProjectID? {
        let (kind, parameter): (ObjectProjectStore.Kind, String)
        switch self {
        case .body, .any, .shared: return nil
        case .project(let name): return ProjectID(context.pathParameters[name])
        case .evaluator(let name): (kind, parameter) = (.evaluators, name)
        case .judge(let name): (kind, parameter) = (.judges, name)
        case .objective(let name): (kind, parameter) = (.objectives, name)
        case .dataset(let name): (kind, parameter) = (.datasets, name)
        }
        guard let id = EntityID<ProjectPlace>(context.pathParameters[parameter]) else { return nil }
        return try await authenticator.project(of: id.uuid, among: kind, for: principal)
    }
}
