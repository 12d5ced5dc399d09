package io.pagurus;

/**
 * What one store has asked of a storage that charges by the request, since this process opened it.
 * Immutable.
 *
 * <p>Each attempt counts, also one that failed or was repeated. The estimate takes the rate of the
 * last minutes (ten at most, and never less than one) and the list prices of S3 Standard in
 * us-east-1: 0.005 dollars for 1,000 PUT or LIST requests, 0.0004 dollars for 1,000 GET requests,
 * DELETE free (aws.amazon.com/s3/pricing). It leaves out what is stored (0.023 dollars a GB and
 * month), what leaves the region, keys of KMS, and all other processes; other providers have other
 * prices.
 *
 * @param puts requests that create an object; a commit is one
 * @param gets requests that read an object or a part of one
 * @param lists requests that list objects
 * @param deletes requests that delete an object
 * @param bytesSent bytes of objects that were sent, repetitions included
 * @param bytesReceived bytes of objects that were received
 * @param dollarsPerMonth what the requests of 30 days would cost if they went on as in the last
 *     minutes
 */
public record StorageUsage(
    long puts,
    long gets,
    long lists,
    long deletes,
    long bytesSent,
    long bytesReceived,
    double dollarsPerMonth) {}
