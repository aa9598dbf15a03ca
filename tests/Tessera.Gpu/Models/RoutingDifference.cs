using Tessera.Ir.Evaluate;

namespace Tessera.Gpu.Models;

/// <summary>How far what one model chose lies from what another would have chosen in its place.</summary>
/// <param name="Rerouted">Share of assignments of tokens to experts that the other would not have made, or would have made besides.</param>
/// <param name="Largest">Largest |Δ| of the weights of assignments that both make, over the largest weight.</param>
internal sealed record RoutingDifference(double Rerouted, double Largest)
{
    /// <param name="chosen">Weights and experts, route after route.</param>
    /// <param name="expected">Those that should have been chosen.</param>
    public static RoutingDifference Of(IReadOnlyList<RefTensor> chosen, IReadOnlyList<RefTensor> expected)
    {
        int all = 0, shared = 0;
        double largest = 0;
        for (int route = 0; route < expected.Count; route += 2)
        {
            double scale = expected[route].F.Max(Math.Abs);
            int k = (int)expected[route].Dims[^1];
            for (int first = 0; first < expected[route].Count; first += k)
            {
                (long Expert, double Weight)[] a = Assignments(chosen, route, first, k), b = Assignments(expected, route, first, k);
                double[] both = [.. a.DistinctBy(static x => x.Expert).Join(b, static x => x.Expert, static x => x.Expert, static (x, y) => Math.Abs(x.Weight - y.Weight))];
                all += a.Length + b.Length;
                shared += 2 * both.Length;

                // NaN is no number that Max would find.
                largest = both.Select(d => double.IsFinite(d) ? d / scale : double.PositiveInfinity).Append(largest).Max();
            }
        }

        return new((all - shared) / (double)Math.Max(all, 1), largest);
    }

    // −1 is no expert: there was no room.
    private static (long Expert, double Weight)[] Assignments(IReadOnlyList<RefTensor> routes, int route, int first, int k) =>
        [.. Enumerable.Range(first, k).Where(i => routes[route + 1].I[i] >= 0).Select(i => (routes[route + 1].I[i], routes[route].F[i]))];
}
