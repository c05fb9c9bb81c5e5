/* i18n - Chinese and English, equal. Only the language in use is loaded. */
import { createI18n } from 'vue-i18n'
import { context } from '../api/client'

export type Lang = 'zh' | 'en'
export const LANGS: Lang[] = ['zh', 'en']

export const i18n = createI18n({ legacy: false, locale: 'zh', fallbackLocale: false, messages: {} as Record<string, Record<string, never>>, missingWarn: false, fallbackWarn: false })

export function browserLang(languages: readonly string[] = navigator.languages): Lang {
  for (const tag of languages) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh'
    if (tag.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

const load = { zh: () => import('./zh'), en: () => import('./en') }

export async function setLang(lang: Lang): Promise<void> {
  if (!i18n.global.availableLocales.includes(lang)) i18n.global.setLocaleMessage(lang, (await load[lang]()).default as never)
  i18n.global.locale.value = lang
  context.language = lang === 'zh' ? 'zh-CN' : 'en'
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem('huiyin-lang', lang)
  } catch {
    /* private window: asked again next time */
  }
}

/** Before anybody is signed in: the last choice on this machine, else the browser's. */
export function firstLang(): Lang {
  try {
    const kept = localStorage.getItem('huiyin-lang')
    if (kept === 'zh' || kept === 'en') return kept
  } catch {
    /* as above */
  }
  return browserLang()
}

context.text = (code) => i18n.global.t(`error.${code}`)
