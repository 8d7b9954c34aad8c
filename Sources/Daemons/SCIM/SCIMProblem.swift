/// Why a request of an identity provider was refused, in the words of RFC 7644 §3.12.
struct SCIMProblem: Error, Hashable {
    /// What is wrong, for programs.
    enum Kind: String {
        case invalidFilter
        case invalidPath
        case invalidSyntax
        case invalidValue
        case mutability
        case noTarget
        case tooMany
        case uniqueness
    }

    let status: Int
    let kind: Kind?
    let detail: String

    init(_ status: Int, _ kind: Kind? = nil, _ detail: String) {
        self.status = status
        self.kind = kind
        self.detail = detail
    }

    /// 400, with what is wrong.
    init(_ kind: Kind, _ detail: String) { self.init(400, kind, detail) }

    static let changedMeanwhile = SCIMProblem(412, "This was changed meanwhile: its version is another one.")

    private init(_ status: Int, _ detail: String) { self.init(status, nil, detail) }
}
