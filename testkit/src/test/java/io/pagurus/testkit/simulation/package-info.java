@NullMarked
package io.pagurus.testkit.simulation;

import org.jspecify.annotations.NullMarked;
