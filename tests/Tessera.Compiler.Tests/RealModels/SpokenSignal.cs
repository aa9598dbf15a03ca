namespace Tessera.Compiler.Tests.RealModels;

/// <summary>
/// A signal with what detectors of speech look for: pulses of a pitch that drifts, through resonances of vowels that change, in
/// syllables with noise and silence between.
/// </summary>
internal static class SpokenSignal
{
    // First and second formants of a, i, u, e, o in Hz (Peterson and Barney 1952, men, rounded).
    private static readonly (double First, double Second)[] s_vowels = [(730, 1090), (270, 2290), (300, 870), (530, 1840), (570, 840)];

    public static float[] Make(int samples, int rate, int seed)
    {
        Random random = new(seed);
        double[] source = new double[samples];
        double phase = 0;
        for (int i = 0; i < samples; i++)
        {
            double time = i / (double)rate;
            phase += (120 + (20 * Math.Sin(2 * Math.PI * 0.7 * time))) / rate;
            double pulse = phase >= 1 ? 1 : 0;
            phase -= Math.Floor(phase);
            source[i] = Syllable(time) * (pulse + (0.01 * ((random.NextDouble() * 2) - 1)));
        }

        double[] first = Resonate(source, rate, static v => v.First, 80);
        double[] second = Resonate(source, rate, static v => v.Second, 120);
        double[] both = [.. first.Zip(second, static (a, b) => a + (0.5 * b))];
        double most = both.Max(Math.Abs);
        return [.. both.Select(v => (float)(0.5 * v / most))];
    }

    // Four syllables a second, and every fifth one is left out.
    private static double Syllable(double time) => (int)(time * 4) % 5 == 4 ? 0 : Math.Max(0, Math.Sin(2 * Math.PI * 4 * time) + 0.4);

    // A resonance: two poles at the frequency, as wide as the band.
    private static double[] Resonate(double[] source, int rate, Func<(double First, double Second), double> frequency, double band)
    {
        double[] result = new double[source.Length];
        double radius = Math.Exp(-Math.PI * band / rate);
        for (int i = 2; i < source.Length; i++)
        {
            double hertz = frequency(s_vowels[(int)(i * 4.0 / rate) % s_vowels.Length]);
            result[i] = source[i] + (2 * radius * Math.Cos(2 * Math.PI * hertz / rate) * result[i - 1]) - (radius * radius * result[i - 2]);
        }

        return result;
    }
}
