/// Bedrock's names of errors, in the header of an answer or in a frame of a stream.
enum BedrockErrors {
    /// The status that goes with an error; `nil` for a name that is not known.
    static func status(of name: String) -> Int? {
        // Names come with a link or a space of names around them: `ThrottlingException:http://…`.
        let bare = name.split(separator: ":").first?.split(separator: "#").last ?? ""
        return statuses[bare.lowercased()]
    }

    private static let statuses = [
        "throttlingexception": 429, "modelnotreadyexception": 503, "modeltimeoutexception": 408,
        "modelerrorexception": 424, "modelstreamerrorexception": 424, "accessdeniedexception": 403,
        "unrecognizedclientexception": 403, "expiredtokenexception": 403, "invalidsignatureexception": 403,
        "resourcenotfoundexception": 404, "validationexception": 400, "servicequotaexceededexception": 429,
        "internalserverexception": 500, "serviceunavailableexception": 503,
    ]
}
