using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Platform;

namespace WalletFunctions.Sandbox;

/// <summary>/sandbox/merchant/hooks: endpoints to register as a merchant, and to look at what arrived.</summary>
[SandboxOnly]
public sealed class MerchantHookHttp(MerchantHooks hooks)
{
    /// <summary>Longer than any sender waits.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    [Function("SandboxTakeHook")]
    [Access(Role.Anonymous)]
    [Operation("A merchant's endpoint of the sandbox takes whatever it is sent, and answers as it is set", RequestMediaType = "application/json", Status = 204, Codes = ["not_found", "payload_too_large"])]
    public async Task<IResult> TakeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "sandbox/merchant/hooks/{name}")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        var body = await JsonForm.BodyAsync(request, cancellationToken);
        if (!body.IsOk || !MerchantHooks.IsName(name))
        {
            return Answers.Problem(request, body.Error ?? PlatformErrors.NotFound);
        }

        var mode = await hooks.ModeAsync(name, cancellationToken);
        var status = mode switch
        {
            HookMode.Take => StatusCodes.Status204NoContent,
            HookMode.Fail => StatusCodes.Status503ServiceUnavailable,
            HookMode.Gone => StatusCodes.Status410Gone,
            HookMode.Redirect => StatusCodes.Status302Found,
            HookMode.Hang => StatusCodes.Status504GatewayTimeout,
        };
        await hooks.AddAsync(name, request.Headers, body.Value, status, CancellationToken.None);
        if (mode == HookMode.Hang)
        {
            await Task.Delay(Hang, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return new BareAnswer(status, mode == HookMode.Redirect ? request.PathBase + request.Path : null);
    }

    [Function("SandboxListHooks")]
    [Access(Role.Anonymous)]
    [Operation("What arrived at a merchant's endpoint of the sandbox, newest first", Response = typeof(ReceivedHook), IsList = true, Codes = ["not_found"])]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sandbox/merchant/hooks/{name}")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk || !MerchantHooks.IsName(name))
        {
            return Answers.Problem(request, page.Error ?? PlatformErrors.NotFound);
        }

        var (items, next) = await hooks.ListAsync(name, page.Value, cancellationToken);
        return Answers.List(items.Select(item => item.Hook).ToList(), next);
    }

    [Function("SandboxSetHookBehaviour")]
    [Access(Role.Anonymous)]
    [Operation("Set how a merchant's endpoint of the sandbox answers", Request = typeof(BehaviourBody), Response = typeof(BehaviourBody), Codes = ["not_found"])]
    public async Task<IResult> SetBehaviourAsync([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "sandbox/merchant/hooks/{name}/behaviour")] HttpRequest request, string name, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var mode = read.Value.Enum<HookMode>("mode");
        if ((read.Value.Finish() ?? (MerchantHooks.IsName(name) ? null : PlatformErrors.NotFound)) is { } refusal)
        {
            return Answers.Problem(request, refusal);
        }

        await hooks.SetModeAsync(name, mode, cancellationToken);
        return Answers.Ok(new BehaviourBody(mode));
    }

    internal sealed record BehaviourBody(HookMode Mode);

    /// <summary>A status and nothing else, as strangers' servers answer.</summary>
    private sealed class BareAnswer(int status, string? location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            if (location is not null)
            {
                httpContext.Response.Headers.Location = location;
            }

            return Task.CompletedTask;
        }
    }
}
