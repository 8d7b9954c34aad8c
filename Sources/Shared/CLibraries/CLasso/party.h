#ifndef SCORABLE_SAML_PARTY_H
#define SCORABLE_SAML_PARTY_H

#define XMLSEC_NO_SIZE_T
#define XMLSEC_CRYPTO_OPENSSL 1
#include <lasso/lasso.h>
#include <lasso/xml/saml-2.0/samlp2_authn_request.h>
#include <lasso/xml/saml-2.0/samlp2_request_abstract.h>

#include "include/scorable_saml.h"

/// lasso's view of a party, with the identity provider known; NULL with `error` set when a text cannot be used.
LassoServer *scorable_saml_server(const scorable_saml_party *party, int *error);
/// Takes over the texts of a message that `profile` has built.
void scorable_saml_take(LassoProfile *profile, LassoNode *node, scorable_saml_message *message);
/// The text of an element, with the namespaces that are declared further out.
char *scorable_saml_element_text(xmlNode *element);

#endif
