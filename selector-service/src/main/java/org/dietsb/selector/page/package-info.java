/**
 * The control room: server-rendered pages at {@code /} and {@code /control}, updated live by server-sent events.
 *
 * <p>Users sign in with the same token that the REST interface accepts as a bearer token. The token is kept in a cookie rather than in
 * web storage, so that every form works without JavaScript. The cookie is not readable by scripts (HttpOnly) and is sent only by pages
 * of the same site (SameSite=Strict). Another service on the same host belongs to the same site. A cookie therefore grants write access
 * only if the request's Origin header names this service, which no page can forge.
 */
@NullMarked
package org.dietsb.selector.page;

import org.jspecify.annotations.NullMarked;
