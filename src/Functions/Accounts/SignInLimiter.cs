using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using WalletFunctions.Domain;
using WalletFunctions.Platform;

namespace WalletFunctions.Accounts;

/// <summary>
/// How often one address may try to sign in on this host. A second line behind the lock-out: it stops one address from
/// trying many numbers. <c>SignIn:PerMinute</c>, 60 by default; with the sandbox on everybody shares the loopback address, so 6,000.
/// </summary>
public sealed class SignInLimiter : IDisposable
{
    private readonly int perMinute;
    private readonly PartitionedRateLimiter<IPAddress> limiter;

    internal SignInLimiter(IConfiguration configuration, SandboxOptions sandbox)
    {
        perMinute = configuration.GetValue("SignIn:PerMinute", sandbox.Enabled ? 6_000 : 60);
        limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = perMinute,
            Window = TimeSpan.FromMinutes(1),
            QueueLimit = 0,
        }));
    }

    /// <summary>Counts a try and states the limit in the headers (draft-ietf-httpapi-ratelimit-headers-10).</summary>
    /// <returns>Null if it may go on.</returns>
    internal DomainError? Refuse(HttpRequest request)
    {
        var address = request.Caller().Address ?? IPAddress.None;
        using var lease = limiter.AttemptAcquire(address);
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : TimeSpan.FromMinutes(1);
        var left = limiter.GetStatistics(address)?.CurrentAvailablePermits ?? 0;
        var headers = request.HttpContext.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"sign-in\";q={perMinute};w=60");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"sign-in\";r={left};t={(int)Math.Ceiling(wait.TotalSeconds)}");
        return lease.IsAcquired ? null : PlatformErrors.TooManyRequests(wait);
    }

    /// <inheritdoc/>
    public void Dispose() => limiter.Dispose();
}
