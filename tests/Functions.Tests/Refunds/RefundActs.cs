using System.Net;
using System.Text.Json.Nodes;
using WalletFunctions.Domain.Refunds;
using WalletFunctions.Tests.EndToEnd;
using static WalletFunctions.Domain.Refunds.RefundEvent;

namespace Functions.Tests.Refunds;

/// <summary>What is done to refunds, by customers, merchants, support, operators and the clock, and what it leads to.</summary>
internal static class RefundActs
{
    private const string Asked = "refund.requested";
    private const string Decided = "refund.decided";
    private const string Escalated = "refund.escalated";
    private const string Waits = "refund.awaiting_funds";
    private const string Paid = "refund.refunded";

    private static readonly TimeSpan ThreeDays = TimeSpan.FromDays(3) + TimeSpan.FromSeconds(1);

    public static Act Withdraw { get; } = new("withdraw", AskedAsync, (lane, of, key) => lane.Customer.SendAsync(HttpMethod.Post, $"/api/v1/refunds/{of.RefundId}/withdraw", null, key))
    {
        Story = [Request, AskMerchant, RefundEvent.Withdraw], End = RefundStatus.Withdrawn, Types = [Asked, Decided], KeepsItsKey = true,
    };

    public static Act Appeal { get; } = new("appeal", DeniedAsync, AppealAsync)
    {
        Story = [Request, AskMerchant, MerchantDeny, RefundEvent.Appeal], End = RefundStatus.Appealed, Types = [Asked, Decided, Escalated], KeepsItsKey = true,
    };

    public static Act Deny { get; } = new("deny", AskedAsync, (lane, of, key) => RefundLane.DecideAsync(lane.Merchant, of, "deny", key))
    {
        Story = [Request, AskMerchant, MerchantDeny], End = RefundStatus.Denied, Types = [Asked, Decided], Stride = 3,
    };

    /// <summary>Of an appeal, in the queue of reviews.</summary>
    public static Act Approve { get; } = new("approve", AppealedAsync, async (lane, of, key) => await lane.Staff.SendAsync(
        HttpMethod.Post, $"/api/v1/reviews/{of.ReviewId}/decision", new JsonObject { ["decision"] = "approve", ["reason"] = "looked at" }, key))
    {
        Story = [Request, AskMerchant, MerchantDeny, RefundEvent.Appeal, SupportApprove, Pay], End = RefundStatus.Refunded, Types = [Asked, Decided, Escalated, Decided, Paid], Own = 5, Stride = 3,
    };

    /// <summary>By an agent; the workflow begins with it.</summary>
    public static Act OnBehalf { get; } = new("on-behalf", lane => lane.PayAsync(), (lane, of, key) => lane.AskAsync(of, key, lane.Agent))
    {
        Story = [Request, AskMerchant], End = RefundStatus.WithMerchant, Types = [Asked], Stride = 3,
    };

    public static Act Lapse { get; } = new("lapse", EvidenceWantedAsync, (lane, _, _) => lane.AdvanceAsync(ThreeDays))
    {
        Story = [Request, AskMerchant, MerchantAsk, EvidenceLate], End = RefundStatus.Expired, Types = [Asked, Decided],
    };

    /// <summary>Of the merchant, which is reminded in vain, about an amount that is granted by that.</summary>
    public static Act Silence { get; } = new("silence", AskedAsync, (lane, of, _) => lane.OutwaitMerchantAsync(of))
    {
        Story = [Request, AskMerchant, Remind, SilenceApproves, Pay], End = RefundStatus.Refunded, Types = [Asked, "refund.reminder", Decided, Paid], Own = 4, Stride = 3,
    };

    /// <summary>Of the merchant, about an amount that only support may grant; ended by an operator afterwards.</summary>
    public static Act SilenceOnMuch { get; } = new("silence-on-much", MuchAskedAsync, (lane, of, _) => lane.OutwaitMerchantAsync(of))
    {
        Story = [Request, AskMerchant, Remind, MerchantSilent], End = RefundStatus.InReview, Types = [Asked, "refund.reminder", Escalated, Decided], Stride = 3,
    };

    /// <summary>To the merchant that asked for it; ended by an operator afterwards.</summary>
    public static Act Evidence { get; } = new("evidence", EvidenceWantedAsync, (lane, of, key) => lane.Customer.SendAsync(
        HttpMethod.Post, $"/api/v1/refunds/{of.RefundId}/evidence", new JsonObject { ["text"] = "as in the picture" }, key))
    {
        Story = [Request, AskMerchant, MerchantAsk, GiveEvidence], End = RefundStatus.InReview, Types = [Asked, Escalated, Decided], KeepsItsKey = true, Stride = 3,
    };

    /// <summary>The merchant grants what it cannot pay; ended by an operator afterwards.</summary>
    public static Act RunShort { get; } = new("run-short", DrainedAsync, (lane, of, key) => RefundLane.DecideAsync(lane.Merchant, of, "approve", key))
    {
        Story = [Request, AskMerchant, MerchantApprove, RefundEvent.RunShort], End = RefundStatus.AwaitingFunds, Types = [Asked, Decided, Waits, Decided], Stride = 3,
    };

    /// <summary>The merchant is paid by somebody, and so can pay; where nobody heard of it, the clock tries after an hour.</summary>
    public static Act Fill { get; } = new("fill", AwaitingFundsAsync, (lane, of, key) => lane.PayAsync(of, key))
    {
        Story = [Request, AskMerchant, MerchantApprove, RefundEvent.RunShort, Pay], End = RefundStatus.Refunded, Types = [Asked, Decided, Waits, Paid], KeepsItsKey = true,
        PaysAgain = true, Later = TimeSpan.FromMinutes(61),
    };

    /// <summary>By an operator, of what waits for the merchant's money.</summary>
    public static Act Terminate { get; } = new("terminate", AwaitingFundsAsync, (lane, of, key) => lane.Staff.SendAsync(HttpMethod.Post, $"/api/v1/admin/workflows/{of.RefundId}/terminate", null, key))
    {
        Story = [Request, AskMerchant, MerchantApprove, RefundEvent.RunShort, RefundEvent.Terminate], End = RefundStatus.Expired, Types = [Asked, Decided, Waits, Decided],
    };

    private static async Task<RefundedPayment> AskedAsync(RefundLane lane) => await AskedAsync(lane, await lane.PayAsync());

    private static async Task<RefundedPayment> MuchAskedAsync(RefundLane lane) => await AskedAsync(lane, await lane.PayAsync(RefundPolicy.Default.SilenceApprovesBelow));

    private static async Task<RefundedPayment> AskedAsync(RefundLane lane, RefundedPayment payment)
    {
        var asked = (await lane.AskAsync(payment, $"ask-{payment.Id}")).Expect(HttpStatusCode.Accepted);
        var refund = await lane.UntilAsync(payment, RefundStatus.WithMerchant);
        return payment with { RefundId = (string)asked.Body!["refundId"]!, AnswerBy = refund.Timeline[^1].At.AddDays(RefundPolicy.Default.MerchantDays) };
    }

    private static async Task<RefundedPayment> EvidenceWantedAsync(RefundLane lane)
    {
        var payment = await AskedAsync(lane);
        (await RefundLane.DecideAsync(lane.Merchant, payment, "ask", $"evidence-{payment.Id}")).Expect(HttpStatusCode.OK);
        await lane.UntilAsync(payment, RefundStatus.EvidenceWanted);
        return payment;
    }

    private static async Task<RefundedPayment> DeniedAsync(RefundLane lane)
    {
        var payment = await AskedAsync(lane);
        (await RefundLane.DecideAsync(lane.Merchant, payment, "deny", $"deny-{payment.Id}")).Expect(HttpStatusCode.OK);
        await lane.UntilAsync(payment, RefundStatus.Denied);
        return payment;
    }

    private static Task<WalletAnswer> AppealAsync(RefundLane lane, RefundedPayment of, string key) =>
        lane.Customer.SendAsync(HttpMethod.Post, $"/api/v1/refunds/{of.RefundId}/appeal", new JsonObject { ["text"] = "I object" }, key);

    private static async Task<RefundedPayment> AppealedAsync(RefundLane lane)
    {
        var payment = await DeniedAsync(lane);
        (await AppealAsync(lane, payment, $"appeal-{payment.Id}")).Expect(HttpStatusCode.OK);
        await lane.UntilAsync(payment, RefundStatus.Appealed);
        return payment with { ReviewId = (await lane.ReviewsAsync())[payment.RefundId!] };
    }

    private static async Task<RefundedPayment> DrainedAsync(RefundLane lane)
    {
        var payment = await AskedAsync(lane);
        await lane.DrainAsync();
        return payment;
    }

    private static async Task<RefundedPayment> AwaitingFundsAsync(RefundLane lane)
    {
        var payment = await DrainedAsync(lane);
        (await RefundLane.DecideAsync(lane.Merchant, payment, "approve", $"grant-{payment.Id}")).Expect(HttpStatusCode.OK);
        await lane.UntilAsync(payment, RefundStatus.AwaitingFunds);
        return payment;
    }

    /// <summary>Something that is done to a refund.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Prepare">Brings a refund to where it can be done.</param>
    /// <param name="Say">Does it, under a key.</param>
    internal sealed record Act(string Name, Func<RefundLane, Task<RefundedPayment>> Prepare, Func<RefundLane, RefundedPayment, string, Task<WalletAnswer>> Say)
    {
        /// <summary>What the timeline tells in the end: each once.</summary>
        public required RefundEvent[] Story { get; init; }

        /// <summary>Where it leads to.</summary>
        public required RefundStatus End { get; init; }

        /// <summary>What the merchant's server is told, from the request on.</summary>
        public required string[] Types { get; init; }

        /// <summary>After how many lines its own part is over: how what is granted is paid, <see cref="Fill"/> walks for all.</summary>
        public int Own { get; init; } = int.MaxValue;

        /// <summary>Every how manyth step is walked: of acts whose telling and carrying on are those of one that is walked whole, every third, which is by turns a lost write and a lost answer.</summary>
        public int Stride { get; init; } = 1;

        /// <summary>Whether the key and its answer are kept in the book, with what was done: said again under the same key it has the first one's answer. Otherwise another key is used, as another person would.</summary>
        public bool KeepsItsKey { get; init; }

        /// <summary>Whether the customer pays the same amount once more by it.</summary>
        public bool PaysAgain { get; init; }

        /// <summary>How much later, after a death, whatever nobody was rung for is seen to.</summary>
        public TimeSpan Later { get; init; } = TimeSpan.FromMinutes(2);
    }
}
