using System.Diagnostics.CodeAnalysis;

namespace Tessera.Ir;

/// <summary>The shape two shapes broadcast to, or the axis of the result where they cannot be shown to.</summary>
public sealed record BroadcastResult
{
    private BroadcastResult(Shape? shape, int failingAxis, string? reason)
    {
        Shape = shape;
        FailingAxis = failingAxis;
        Reason = reason;
    }

    public Shape? Shape { get; }

    /// <summary>Axis of the result, counted from the front; −1 on success.</summary>
    public int FailingAxis { get; }

    /// <summary>Why not, with both sizes; null on success.</summary>
    public string? Reason { get; }

    [MemberNotNullWhen(true, nameof(Shape))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsSuccess => Shape is not null;

    internal static BroadcastResult Success(Shape shape) => new(shape, -1, null);

    internal static BroadcastResult Failure(int axis, string reason) => new(null, axis, reason);
}
