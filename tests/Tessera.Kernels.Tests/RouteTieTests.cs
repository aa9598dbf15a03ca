namespace Tessera.Kernels.Tests;

public sealed class RouteTieTests
{
    /// <summary>Scores are made some at a time, and what is left over in the end must be made in the same way.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Equal_logits_are_equal_wherever_they_stand(int experts)
    {
        const int Tokens = 2000;
        Random random = new(experts);
        double[] logits = [.. Enumerable.Range(0, Tokens).SelectMany(_ =>
        {
            double v = random.NextDouble() * 20;
            return Enumerable.Range(0, experts).Select(e => e == 0 ? v + 1 : v);
        })];
        RouteResult routed = new RouteCase(Tokens, experts) { Given = logits }.Run();
        Assert.All(Enumerable.Range(0, Tokens), t => Assert.Equal((0, 1), (routed.Experts[2 * t], routed.Experts[(2 * t) + 1])));
    }
}
