#include "party.h"

#include <lasso/xml/saml-2.0/saml2_assertion.h>
#include <lasso/xml/saml-2.0/saml2_authn_statement.h>
#include <lasso/xml/saml-2.0/saml2_name_id.h>
#include <lasso/xml/saml-2.0/saml2_subject.h>
#include <lasso/xml/saml-2.0/samlp2_logout_request.h>

/// lasso finds whom it is about in a session of its own, which is made for the purpose: its sessions keep whole
/// assertions, and nobody needs those after the sign-in.
static LassoSession *session_of(const char *provider, LassoSaml2NameID *name, const char *index) {
    LassoSaml2AuthnStatement *statement = LASSO_SAML2_AUTHN_STATEMENT(lasso_saml2_authn_statement_new());
    statement->SessionIndex = g_strdup(index);
    LassoSaml2Assertion *assertion = LASSO_SAML2_ASSERTION(lasso_saml2_assertion_new());
    assertion->Subject = LASSO_SAML2_SUBJECT(lasso_saml2_subject_new());
    assertion->Subject->NameID = g_object_ref(name);
    assertion->AuthnStatement = g_list_append(NULL, statement);
    LassoSession *session = lasso_session_new();
    lasso_session_add_assertion(session, provider, LASSO_NODE(assertion));
    g_object_unref(assertion);
    return session;
}

static LassoSaml2NameID *name_of(const scorable_saml_subject *subject) {
    LassoSaml2NameID *name = LASSO_SAML2_NAME_ID(lasso_saml2_name_id_new_with_string((char *)subject->name_id));
    name->Format = g_strdup(subject->format);
    name->NameQualifier = g_strdup(subject->name_qualifier);
    name->SPNameQualifier = g_strdup(subject->sp_name_qualifier);
    return name;
}

static LassoHttpMethod method_of(int is_posted) {
    return is_posted ? LASSO_HTTP_METHOD_POST : LASSO_HTTP_METHOD_REDIRECT;
}

static int build_request(
    LassoLogout *logout, const scorable_saml_party *party, const scorable_saml_subject *subject, int is_posted,
    const char *relay_state) {
    LassoProfile *profile = LASSO_PROFILE(logout);
    LassoSaml2NameID *name = name_of(subject);
    // lasso looks for names by the sessions that they have.
    profile->session = session_of(party->provider, name, subject->session_index == NULL ? "" : subject->session_index);
    g_object_unref(name);
    char *provider = g_strdup(party->provider);
    int error = lasso_logout_init_request(logout, provider, method_of(is_posted));
    g_free(provider);
    if (error != 0) return error;
    if (subject->session_index == NULL)
        lasso_samlp2_logout_request_set_session_indexes(LASSO_SAMLP2_LOGOUT_REQUEST(profile->request), NULL);
    profile->msg_relayState = g_strdup(relay_state);
    return lasso_logout_build_request_msg(logout);
}

int scorable_saml_request_logout(
    const scorable_saml_party *party, const scorable_saml_subject *subject, int is_posted, const char *relay_state,
    scorable_saml_message *message) {
    int error = 0;
    LassoServer *server = scorable_saml_server(party, &error);
    if (server == NULL) return error;
    LassoLogout *logout = lasso_logout_new(server);
    error = build_request(logout, party, subject, is_posted, relay_state);
    if (error == 0) scorable_saml_take(LASSO_PROFILE(logout), LASSO_PROFILE(logout)->request, message);
    lasso_logout_destroy(logout);
    lasso_server_destroy(server);
    return error;
}

int scorable_saml_accept_logout(const scorable_saml_party *party, const char *answer) {
    int error = 0;
    LassoServer *server = scorable_saml_server(party, &error);
    if (server == NULL) return error;
    LassoLogout *logout = lasso_logout_new(server);
    // The signature was verified before.
    lasso_profile_set_signature_verify_hint(LASSO_PROFILE(logout), LASSO_PROFILE_SIGNATURE_VERIFY_HINT_IGNORE);
    // lasso counts what is left in the session.
    LASSO_PROFILE(logout)->session = lasso_session_new();
    char *message = g_strdup(answer);
    error = lasso_logout_process_response_msg(logout, message);
    g_free(message);
    lasso_logout_destroy(logout);
    lasso_server_destroy(server);
    return error;
}

/// Reads the identity provider's request, the signature of which was verified before.
static int read_request(LassoLogout *logout, const char *request) {
    lasso_profile_set_signature_verify_hint(LASSO_PROFILE(logout), LASSO_PROFILE_SIGNATURE_VERIFY_HINT_IGNORE);
    char *message = g_strdup(request);
    int error = lasso_logout_process_request_msg(logout, message);
    g_free(message);
    return error;
}

static int build_answer(
    LassoLogout *logout, const scorable_saml_party *party, int has_ended, int is_posted, const char *relay_state) {
    LassoProfile *profile = LASSO_PROFILE(logout);
    LassoSamlp2LogoutRequest *request = LASSO_SAMLP2_LOGOUT_REQUEST(profile->request);
    // lasso answers that a session has ended when it finds one to end, else that it was denied.
    if (has_ended && request->NameID != NULL)
        profile->session =
            session_of(party->provider, request->NameID, request->SessionIndex == NULL ? "" : request->SessionIndex);
    lasso_logout_validate_request(logout);
    logout->initial_http_request_method = method_of(is_posted);
    g_free(profile->msg_relayState);
    profile->msg_relayState = g_strdup(relay_state);
    return lasso_logout_build_response_msg(logout);
}

int scorable_saml_answer_logout(
    const scorable_saml_party *party, const char *request, int has_ended, int is_posted, const char *relay_state,
    scorable_saml_message *answer) {
    int error = 0;
    LassoServer *server = scorable_saml_server(party, &error);
    if (server == NULL) return error;
    LassoLogout *logout = lasso_logout_new(server);
    error = read_request(logout, request);
    if (error == 0) error = build_answer(logout, party, has_ended, is_posted, relay_state);
    if (error == 0) scorable_saml_take(LASSO_PROFILE(logout), LASSO_PROFILE(logout)->response, answer);
    lasso_logout_destroy(logout);
    lasso_server_destroy(server);
    return error;
}
