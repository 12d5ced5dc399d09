/** Charts as SVG, with logarithmic axes and nothing else than what the report needs. */
@NullMarked
package io.pagurus.benchmarks.charts;

import org.jspecify.annotations.NullMarked;
