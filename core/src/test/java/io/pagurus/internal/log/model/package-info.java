/**
 * The protocols of the commit log as explicit-state models, checked in every interleaving. Models
 * only: nothing here touches production code.
 */
@NullMarked
package io.pagurus.internal.log.model;

import org.jspecify.annotations.NullMarked;
