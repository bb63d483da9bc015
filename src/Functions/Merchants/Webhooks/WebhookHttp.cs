using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Merchants;
using WalletFunctions.Platform;

namespace WalletFunctions.Merchants.Webhooks;

/// <summary>/v1/merchant/webhooks: where a merchant wants to be told.</summary>
public sealed class WebhookHttp(WebhookDesk desk, Idempotency idempotency, RateLimits limits)
{
    private const string Route = "POST /v1/merchant/webhooks";

    /// <summary>Every type in one list, with room.</summary>
    private const int MostTypes = 20;

    /// <summary>A test makes us call an address of the merchant's choice.</summary>
    private static readonly RateLimit Testing = new("webhook-tests", 10, TimeSpan.FromMinutes(1));

    [Function("AddWebhook")]
    [Access(Role.Merchant)]
    [Operation("Register an endpoint (Standard Webhooks). The secret is shown here and never again; types left out: everything", Request = typeof(AddBody), Response = typeof(WebhookWithSecret), Status = 201, Key = true,
        Codes = ["webhook_limit", "webhook_url_forbidden"])]
    public async Task<IResult> AddAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchant/webhooks")] HttpRequest request, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var form = read.Value;
        var (text, types) = (form.RequiredString("url", 1_000), Types(form) ?? []);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) && text.Length > 0)
        {
            form.Fail(FieldErrors.Invalid("url", new("须为完整的网址。", "it must be a whole address.")));
        }

        return form.Finish() is { } mistake
            ? Answers.Problem(request, mistake)
            : await idempotency.RunAsync(request, Route, form, async operation =>
            {
                var added = await desk.AddAsync(request.Caller().Account, url!, types, operation.Seed, cancellationToken);
                return added.IsOk ? StoredAnswer.Created(WebhookWithSecret.Of(added.Value), $"/api/v1/merchant/webhooks/{added.Value.Id}") : StoredAnswer.Problem(request, added.Error);
            }, cancellationToken);
    }

    [Function("ListWebhooks")]
    [Access(Role.Merchant)]
    [Operation("The merchant's endpoints", Response = typeof(WebhookView), IsList = true)]
    public async Task<IResult> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant/webhooks")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var (shown, next) = page.Value.Of(await desk.ListAsync(request.Caller().Account, cancellationToken), endpoint => endpoint.Id.Value);
        return Answers.List(shown.Select(WebhookView.Of).ToList(), next);
    }

    [Function("GetWebhook")]
    [Access(Role.Merchant)]
    [Operation("One endpoint", Response = typeof(WebhookView), Codes = ["webhook_not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant/webhooks/{webhookId}")] HttpRequest request, string webhookId, CancellationToken cancellationToken) =>
        Id.TryParse<WebhookId>(webhookId, out var id) && await desk.FindAsync(request.Caller().Account, id, cancellationToken) is { } endpoint
            ? Shown(endpoint)
            : Answers.Problem(request, WebhookErrors.NotFound);

    [Function("ChangeWebhook")]
    [Access(Role.Merchant)]
    [Operation("Change what an endpoint is told of, or switch it off or on again", Request = typeof(ChangeBody), Response = typeof(WebhookView), Codes = ["precondition_failed", "webhook_not_found"])]
    public async Task<IResult> ChangeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/merchant/webhooks/{webhookId}")] HttpRequest request, string webhookId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var (types, status) = (Types(read.Value), read.Value.OptionalEnum<WebhookStatus>("status"));
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        var changed = Id.TryParse<WebhookId>(webhookId, out var id)
            ? await desk.ChangeAsync(request.Caller().Account, id, types, status, etag => ETags.Check(request, etag), cancellationToken)
            : WebhookErrors.NotFound;
        return changed.IsOk ? Shown(changed.Value) : Answers.Problem(request, changed.Error);
    }

    [Function("RemoveWebhook")]
    [Access(Role.Merchant)]
    [Operation("Remove an endpoint; what was on its way there is not sent any more", Status = 204, Codes = ["webhook_not_found"])]
    public async Task<IResult> RemoveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/merchant/webhooks/{webhookId}")] HttpRequest request, string webhookId, CancellationToken cancellationToken) =>
        Id.TryParse<WebhookId>(webhookId, out var id) && await desk.RemoveAsync(request.Caller().Account, id, cancellationToken)
            ? Answers.NoContent()
            : Answers.Problem(request, WebhookErrors.NotFound);

    [Function("RotateWebhookSecret")]
    [Access(Role.Merchant)]
    [Operation("Give an endpoint another secret, shown here and never again; for a day what is sent carries both signatures", Request = typeof(EmptyBody), Response = typeof(WebhookWithSecret), Key = true,
        Codes = ["webhook_not_found"])]
    public Task<IResult> RotateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchant/webhooks/{webhookId}/secret")] HttpRequest request, string webhookId, CancellationToken cancellationToken) =>
        ActAsync(request, webhookId, "secret", async (id, seed) => await desk.RotateAsync(request.Caller().Account, id, seed, cancellationToken) is { IsOk: true } rotated
            ? StoredAnswer.Ok(WebhookWithSecret.Of(rotated.Value))
            : StoredAnswer.Problem(request, WebhookErrors.NotFound), cancellationToken);

    [Function("ListWebhookDeliveries")]
    [Access(Role.Merchant)]
    [Operation("What was sent to an endpoint and what came of it, newest first", Response = typeof(DeliveryView), IsList = true, Codes = ["webhook_not_found"])]
    public async Task<IResult> DeliveriesAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant/webhooks/{webhookId}/deliveries")] HttpRequest request, string webhookId, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var merchant = request.Caller().Account;
        if (!Id.TryParse<WebhookId>(webhookId, out var id) || await desk.FindAsync(merchant, id, cancellationToken) is null)
        {
            return Answers.Problem(request, WebhookErrors.NotFound);
        }

        var (items, next) = await desk.DeliveriesAsync(merchant, id, page.Value, cancellationToken);
        return Answers.List(items.Select(DeliveryView.Of).ToList(), next);
    }

    [Function("TestWebhook")]
    [Access(Role.Merchant)]
    [Operation("Send an endpoint an event that says nothing: 10 a minute", Request = typeof(EmptyBody), Response = typeof(DeliveryView), Status = 202, Key = true,
        Codes = ["too_many_requests", "webhook_disabled", "webhook_not_found"])]
    public async Task<IResult> TestAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/merchant/webhooks/{webhookId}/test")] HttpRequest request, string webhookId, CancellationToken cancellationToken)
    {
        var key = IdempotencyKey.Read(request);
        if (!key.IsOk)
        {
            return Answers.Problem(request, key.Error);
        }

        if (await limits.RefuseAsync(request, request.Caller().Account.Value, $"{webhookId}|{key.Value.Value}", cancellationToken, Testing) is { } tooMany)
        {
            return Answers.Problem(request, tooMany);
        }

        return await ActAsync(request, webhookId, "test", async (id, seed) =>
        {
            var sent = await desk.TestAsync(request.Caller().Account, id, seed, cancellationToken);
            return sent.IsOk ? StoredAnswer.Accepted(DeliveryView.Of(sent.Value), $"/api/v1/merchant/webhooks/{id}/deliveries") : StoredAnswer.Problem(request, sent.Error);
        }, cancellationToken);
    }

    private static IResult Shown(WebhookEndpoint endpoint) => Answers.Ok(WebhookView.Of(endpoint), endpoint.ETag);

    private static IReadOnlyList<string>? Types(JsonForm form)
    {
        if (!form.Has("types"))
        {
            _ = form.Strings("types", 0, 0);
            return null;
        }

        var types = form.Strings("types", MostTypes, 100);
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].Length > 0 && !MerchantEventTypes.All.Contains(types[i], StringComparer.Ordinal))
            {
                form.Fail(FieldErrors.Invalid($"types[{i}]", new("没有这种事件。", "there is no such event.")));
            }
        }

        return types;
    }

    private async Task<IResult> ActAsync(HttpRequest request, string webhookId, string what, Func<WebhookId, byte[], Task<StoredAnswer>> act, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadOptionalAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        return Id.TryParse<WebhookId>(webhookId, out var id)
            ? await idempotency.RunAsync(request, $"{Route}/{id}/{what}", read.Value, operation => act(id, operation.Seed), cancellationToken)
            : Answers.Problem(request, WebhookErrors.NotFound);
    }

    internal sealed record AddBody(string Url, IReadOnlyList<string>? Types);

    internal sealed record ChangeBody(IReadOnlyList<string>? Types, WebhookStatus? Status);

    internal sealed record EmptyBody;
}
