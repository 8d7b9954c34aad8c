/// A request method; any token is allowed, the usual ones have names.
@usableFromInline package struct HTTPMethod: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    @usableFromInline package let rawValue: String

    @inlinable package init(rawValue: String) { self.rawValue = rawValue }

    @inlinable package static func == (left: HTTPMethod, right: HTTPMethod) -> Bool { left.rawValue == right.rawValue }

    @usableFromInline package var description: String { rawValue }

    package static let get = HTTPMethod(rawValue: "GET")
    package static let head = HTTPMethod(rawValue: "HEAD")
    package static let post = HTTPMethod(rawValue: "POST")
    package static let put = HTTPMethod(rawValue: "PUT")
    package static let patch = HTTPMethod(rawValue: "PATCH")
    package static let delete = HTTPMethod(rawValue: "DELETE")
    package static let options = HTTPMethod(rawValue: "OPTIONS")
}
