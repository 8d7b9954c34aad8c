internal import HTTPMessages
internal import JSON
internal import OpenAPI

extension PublicDescription {
    static let judgedCompletions = OperationGroup(
        "JudgedCompletions",
        "For clients of OpenAI: put one of these addresses in place of theirs, and the key of this installation in place of "
            + "theirs. The model answers as ever, and a judge looks at the answer. What a judge says stands in the answer "
            + "as further members; with `async_judge` only the log is written, after the answer. Pictures (PNG, JPEG, WebP, SVG) "
            + "and PDFs that stand in the messages as `data:` URLs are shown to the judge too, and are kept as files of the "
            + "caller for that, who needs the permission to create files. What a judge cannot be shown — the address of a picture, a provider's file, sound — is "
            + "refused with 400 before the model is asked.",
        [
            chat("/v1/openai/chat/completions", "openai_chat_completions_create", "Answers a chat"),
            chat(
                "/v1/judges/openai/chat/completions", "judges_openai_chat_completions_create",
                "Answers a chat, judged by the judge that `model` names"),
            chat(
                "/v1/judges/{judge_id}/openai/chat/completions", "judges_openai_chat_completions_create2",
                "Answers a chat, judged"),
            chat(
                "/v1/judges/{judge_id}/refine/openai/chat/completions",
                "judges_refine_openai_chat_completions_create", "Answers a chat, improved by a judge"),
            responses("/v1/openai/responses", "openai_responses_create", "Answers a request"),
            responses(
                "/v1/judges/openai/responses", "judges_openai_responses_create",
                "Answers a request, judged by the judge that `model` names"),
            responses(
                "/v1/judges/{judge_id}/openai/responses", "judges_openai_responses_create2",
                "Answers a request, judged"),
            responses(
                "/v1/judges/{judge_id}/refine/openai/responses", "judges_refine_openai_responses_create",
                "Answers a request, improved by a judge"),
            mangled("/v1/judges/openai/", "judges_openai_create"),
            mangled("/v1/judges/{judge_id}/openai/", "judges_openai_create2"),
        ])

    private static func chat(_ path: String, _ id: String, _ summary: String) -> Operation {
        completion(
            path, id, summary,
            .object(
                .init("model", .string, isRequired: true), .init("messages", .array(of: .any), isRequired: true),
                .init("stream", .boolean, isRequired: false))
        ).showing(["model": "gpt-5-mini", "messages": [["role": "user", "content": "May I return it?"]]])
    }

    private static func responses(_ path: String, _ id: String, _ summary: String) -> Operation {
        completion(
            path, id, summary,
            .object(
                .init("model", .string, isRequired: true), .init("input", .any, isRequired: true),
                .init("stream", .boolean, isRequired: false))
        ).showing(["model": "gpt-5-mini", "input": "May I return it?"])
    }

    /// Where clients end that hold a whole address for the beginning of one.
    private static func mangled(_ path: String, _ id: String) -> Operation {
        completion(path, id, "For clients that put the rest of the path behind the query", .any).deprecated
    }

    private static func completion(_ path: String, _ id: String, _ summary: String, _ body: Schema) -> Operation {
        Operation(.post, path, id, summary)
            .asking(
                .flag("async_judge", "Whether the answer comes without waiting for the judge."),
                .flag("rs_metadata", "Whether the answer has what the judge says in it; yes when absent."),
                Parameter("X-Project-Id", in: .header, .uuid, "Where the log goes; the default project when absent.")
            )
            .taking(.of(body.saying("As OpenAI describes it; whatever else it has is passed on.")))
            .answering(
                200, "As OpenAI describes it.", .of(.object(.init("execution_log_id", .uuid, isRequired: false))),
                .of(.string, type: "text/event-stream")
            )
            .failing(402, 403, 404, 422, 502, 504).forOpenAI
    }
}
