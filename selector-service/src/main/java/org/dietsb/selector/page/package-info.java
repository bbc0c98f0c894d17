/**
 * The control room: pages at {@code /} and {@code /control}, rendered here, live by server-sent events.
 *
 * <p>Whoever writes signs in with the token that REST takes as a bearer. It is kept in a cookie that no script reads (HttpOnly) and
 * that comes from this site alone (SameSite=Strict), rather than in the page's own storage, so that every form works without
 * script. Another service of the same host is the same site: a cookie therefore lets nobody write unless the request's Origin is this
 * service's own, which no page can forge.
 */
@NullMarked
package org.dietsb.selector.page;

import org.jspecify.annotations.NullMarked;
