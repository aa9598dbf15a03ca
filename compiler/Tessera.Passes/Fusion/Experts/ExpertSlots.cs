using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// Rows of a buffer <c>[E · C, …]</c> where assignments stand: expert · C + place, those without room perhaps in the row behind all others.
/// </summary>
/// <param name="Ids">The assignments.</param>
/// <param name="Priority">Whose assignments find room first.</param>
/// <param name="AreBounded">Whether those without room stand behind all others.</param>
internal sealed record ExpertSlots(Value Ids, RoutePriority Priority, bool AreBounded)
{
    /// <summary>Slots <c>[T, k]</c>, or of all assignments by token; the reader has met their ids.</summary>
    public static ExpertSlots? Of(Value slots, PlaceReader reader, long experts, Dim room, RewriteContext context)
    {
        string labels = slots.Rank == 2 ? "tj" : "n";
        bool areBounded = slots.Op is Where { Condition: var fits, Y: var behind } && fits.Rank == slots.Rank && reader.Fits(fits, labels, room)
            && SizeArithmetic.Of(behind, context) is { } last && context.Equal(last, room * experts);
        Value inner = slots.Op is Where { X: var x } ? x : slots;
        if (slots.Rank is not (1 or 2) || (slots.Op is Where && !areBounded) || inner.Op is not Add { A: var a, B: var b } || inner.Rank != slots.Rank)
        {
            return null;
        }

        bool Begins(Value first) => first.Op is Mul { A: var ids, B: var by } && SizeArithmetic.Of(by, context) is { } size && context.Equal(size, room) && reader.AreIds(ids, labels);
        Value? place = Begins(a) ? b : Begins(b) ? a : null;
        return place is not null && place.Rank == slots.Rank && reader.Of(place, labels, room) is ({ First: 0 } places, var areKept) && (areBounded || !areKept)
            && (reader.Priority ?? places.Priority) == places.Priority && (labels != "n" || reader.K == 1 || reader.Order == RoutePriority.Token)
            ? new ExpertSlots(places.Ids, places.Priority, areBounded)
            : null;
    }
}
