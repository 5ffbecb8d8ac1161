// What is opened, and where it is hovered over. The same for every editor.

const python = `from openai import OpenAI

client = OpenAI()


def ask(question):
    reply = client.chat.completions.create(model="gpt-5.5", messages=[])
    return reply
`;

const typescript = `import OpenAI from "openai";

const client = new OpenAI();

export async function ask(question: string) {
  const reply = await client.chat.completions.create({ model: "gpt-5.5", messages: [] });
  return reply;
}
`;

// heading is what the hover's first line must be about: a check on the bare
// client that the rest is compared with.
export const cases = [
  {
    name: "python", file: "app.py", languageId: "python", text: python,
    // Beyond the basic plane, and of several bytes: every encoding counts it differently.
    line: 'late = ["é🎉", client.embeddings.create]',
    spots: {
      import: { at: "from openai", word: "openai", heading: /openai/i },
      chain: { at: "client.chat", word: "create", heading: /chat completion/i },
      edit: { at: "client.embeddings", word: "create", heading: /embedding/i },
    },
    // Where chubls has nothing to say.
    none: { at: "def ask", word: "question" },
  },
  {
    name: "typescript", file: "app.ts", languageId: "typescript", text: typescript,
    line: 'const late = ["é🎉", client.embeddings.create];',
    spots: {
      import: { at: 'from "openai"', word: "openai", heading: /openai/i },
      chain: { at: "client.chat", word: "create", heading: /chat completion/i },
      edit: { at: "client.embeddings", word: "create", heading: /embedding/i },
    },
    // Where chubls has nothing to say.
    none: { at: "function ask", word: "question" },
  },
];

/** Where a spot is in a text: 0-based line, and the column in UTF-16 units. */
export function place(text, spot) {
  const lines = text.split("\n");
  const line = lines.findIndex((l) => l.includes(spot.at));
  if (line < 0) throw new Error(`the text has no line with ${spot.at}`);
  const column = lines[line].indexOf(spot.word, lines[line].indexOf(spot.at));
  return { line, column, before: lines[line].slice(0, column), word: spot.word, text: lines[line] };
}
