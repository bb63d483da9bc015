using WalletFunctions.Domain;

namespace WalletFunctions.Sandbox;

/// <summary>Refusals of the sandbox's own controls.</summary>
internal static class SandboxErrors
{
    public static DomainError ClockCannotGoBack { get; } = new("clock_cannot_go_back", ErrorKind.Refused,
        new("业务时钟只能向前拨。", "The business clock only moves forward."));

    public static DomainError ClockNotMovable { get; } = new("clock_not_movable", ErrorKind.NotImplemented,
        new("当前运行环境的持久计时器无法拨动。", "The durable timers of this runtime cannot be moved."));
}
