internal import HTTPMessages

// The operations that most resources have.
extension Operation {
    /// A list in pages.
    package static func list<T: Decodable & SendableMetatype>(
        _ path: String, _ id: String, _ summary: String, of _: T.Type
    ) -> Operation {
        Operation(.get, path, id, summary)
            .asking(
                Parameter(
                    "cursor", in: .query, .string, "Which page: the cursor in `next` or `previous`, or all of it."),
                Parameter(
                    "page_size", in: .query, .integer, "How many items a page has, from 1 to 100; 20 when absent.")
            )
            .answering(200, "A page of the list.", .page(of: T.self))
            .failing(400)
    }

    /// Something new.
    package static func create<Body: Decodable & SendableMetatype, Made: Decodable & SendableMetatype>(
        _ path: String, _ id: String, _ summary: String, _: Body.Type, _: Made.Type
    ) -> Operation {
        Operation(.post, path, id, summary).taking(Body.self).answering(201, Made.self, "It was made.").failing(
            403, 404)
    }

    /// One thing by its identifier.
    package static func read<T: Decodable & SendableMetatype>(
        _ path: String, _ id: String, _ summary: String, _: T.Type
    ) -> Operation {
        Operation(.get, path, id, summary).answering(200, T.self)
    }

    /// A change by which all that is given replaces what was.
    package static func replace<Body: Decodable & SendableMetatype, Changed: Decodable & SendableMetatype>(
        _ path: String, _ id: String, _ summary: String, _: Body.Type, _: Changed.Type
    ) -> Operation {
        Operation(.put, path, id, summary).taking(Body.self).answering(200, Changed.self).failing(403, 409)
    }

    /// A change of what is given, and of nothing else.
    package static func change<Body: Decodable & SendableMetatype, Changed: Decodable & SendableMetatype>(
        _ path: String, _ id: String, _ summary: String, _: Body.Type, _: Changed.Type
    ) -> Operation {
        Operation(.patch, path, id, summary).taking(Body.self).answering(200, Changed.self).failing(403, 409)
    }

    /// It goes.
    package static func delete(_ path: String, _ id: String, _ summary: String) -> Operation {
        Operation(.delete, path, id, summary).answering(204, "It is gone.").failing(400, 403, 409)
    }
}
