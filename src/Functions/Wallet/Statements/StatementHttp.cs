using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Statements;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.Statements;

/// <summary>/v1/statements: a month of the caller's book.</summary>
public sealed class StatementHttp(StatementDesk desk)
{
    private static readonly Text MonthWanted = new("须为 yyyy-MM 形式的月份，例如 2026-11。", "it must be a month such as 2026-11.");

    /// <summary>A month, in Shanghai, as CSV or as a page to print, by <c>?format=csv|html</c> or <c>Accept</c>; the current one so far.</summary>
    [Function("GetStatement")]
    [Access(Role.Customer | Role.Merchant)]
    [Operation("The statement of a month (yyyy-MM, Asia/Shanghai): CSV, or a printable page (text/html)", ResponseMediaType = "text/csv",
        Query = ["format"], Codes = ["statement_not_available", "invalid_field"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/statements/{month}")] HttpRequest request, string month, CancellationToken cancellationToken)
    {
        if (!StatementMonth.TryParse(month, out var wanted))
        {
            return Answers.Problem(request, PlatformErrors.Validation([FieldErrors.Invalid("month", MonthWanted)]));
        }

        var format = DocumentFormat.Choose(request, DocumentFormat.Csv, DocumentFormat.Html);
        if (!format.IsOk)
        {
            return Answers.Problem(request, format.Error);
        }

        var caller = request.Caller();
        var opened = await desk.OpenAsync(caller, wanted, cancellationToken);
        if (!opened.IsOk)
        {
            return Answers.Problem(request, opened.Error);
        }

        var statement = opened.Value;
        return format.Value.Name == "html"
            ? new DocumentAnswer(PrintPage.ContentType, (body, cancellation) => statement.WriteAsync(body, new HtmlStatement(caller.Language), default, cancellation))
            {
                ContentSecurityPolicy = PrintPage.ContentSecurityPolicy,
                Language = caller.Language,
            }
            : new DocumentAnswer("text/csv; charset=utf-8; header=present", (body, cancellation) => statement.WriteAsync(body, new CsvStatement(caller.Language), CsvStatement.ByteOrderMark, cancellation))
            {
                FileName = $"statement-{wanted}{(statement.Heading.IsSoFar ? "-so-far" : "")}.csv",
                Language = caller.Language,
            };
    }
}
