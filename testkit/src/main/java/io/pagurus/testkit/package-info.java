/** Contract suites and crash tools for those who write a backend or test a service. */
@NullMarked
package io.pagurus.testkit;

import org.jspecify.annotations.NullMarked;
