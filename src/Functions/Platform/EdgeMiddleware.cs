using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>
/// What every HTTP call passes: request id, app version, sign-in, access; and the one place where a fault or a bug becomes
/// an answer. Other triggers pass untouched.
/// </summary>
internal sealed class EdgeMiddleware(IBearerTokens tokens, SandboxOptions sandbox, IConfiguration configuration, ILogger<EdgeMiddleware> log) : IFunctionsWorkerMiddleware
{
    /// <summary>nginx's word for "the client left": nobody reads it, but access logs do.</summary>
    private const int ClientClosedRequest = 499;

    private const string BearerPrefix = "Bearer ";

    private readonly Version minimumVersion = Version.TryParse(configuration["App:MinimumVersion"], out var version) ? version : new Version(0, 0);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        var request = http.Request;
        var caller = RequestHeaders.Anonymous(request);
        request.SetCaller(caller);
        http.Response.Headers[RequestHeaders.RequestId] = caller.RequestId;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            if (await AdmitAsync(context, request, caller) is { } refusal)
            {
                context.GetInvocationResult().Value = Answers.Problem(request, refusal);
                return;
            }

            await next(context);
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && Faults.IsCancellation(e))
        {
            http.Response.StatusCode = ClientClosedRequest;
        }
        catch (Exception e)
        {
            // Nothing may escape: the host would answer an empty 500.
            context.GetInvocationResult().Value = AnswerTo(e, request, context.CancellationToken.IsCancellationRequested);
        }
    }

    private async Task<DomainError?> AdmitAsync(FunctionContext context, HttpRequest request, Caller caller)
    {
        var function = FunctionCatalog.OfApp.Find(context.FunctionDefinition.Name);
        if (function?.Access is not { } access || (function.SandboxOnly && !sandbox.Enabled))
        {
            return PlatformErrors.NotFound;
        }

        if (Version.TryParse(request.Headers["X-App-Version"].ToString(), out var version) && version < minimumVersion)
        {
            return PlatformErrors.UpgradeRequired;
        }

        var authorization = request.Headers.Authorization.ToString();
        var identified = authorization.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase)
            ? await tokens.IdentifyAsync(authorization[BearerPrefix.Length..].Trim(), caller, context.CancellationToken)
            : null;
        if (identified is not null)
        {
            request.SetCaller(identified);
        }

        if (access.Who == Role.Anonymous)
        {
            return null;
        }

        if (identified is null)
        {
            request.HttpContext.Response.Headers.WWWAuthenticate = "Bearer";
            return PlatformErrors.Unauthenticated;
        }

        return (access.Who & identified.Role) == Role.Anonymous ? PlatformErrors.Forbidden : null;
    }

    private IResult AnswerTo(Exception exception, HttpRequest request, bool stopping)
    {
        var requestId = request.Caller().RequestId;
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Answers.Problem(request, PlatformErrors.PayloadTooLarge);
            case BadHttpRequestException:
                return Answers.Problem(request, PlatformErrors.BodyMissing);
            case OperationCanceledException when stopping:
                return Answers.Problem(request, PlatformErrors.ServiceUnavailable);
            case var _ when Faults.IsOutOfReach(exception):
                log.LogWarning("{RequestId}: out of reach: {Fault}.", requestId, Faults.Describe(exception));
                return Answers.Problem(request, PlatformErrors.ServiceUnavailable);
            default:
                log.LogError(exception, "{RequestId}: unhandled.", requestId);
                return Answers.Internal(request);
        }
    }
}
