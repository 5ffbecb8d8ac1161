import OpenAI from "openai";
import Stripe from "stripe";

const stripe = new Stripe(process.env.STRIPE_SECRET_KEY!);
const openai = new OpenAI();

export async function pay(amount: number): Promise<string | null> {
  const intent = await stripe.paymentIntents.create({ amount, currency: "eur" });
  return intent.client_secret;
}

export async function describe(product: string): Promise<string> {
  const response = await openai.responses.create({ model: "gpt-5.5", input: `Describe ${product}.` });
  return response.output_text;
}
